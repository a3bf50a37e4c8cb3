"""The pages of this area hang here."""

from server.console.pages import Pages

pages = Pages("review", __name__)
