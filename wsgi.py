"""For any WSGI server: `gunicorn wsgi:app`. Settings come from the environment."""

from server import create_app

app = create_app()
