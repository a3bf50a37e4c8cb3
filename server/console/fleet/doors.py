"""The pages of this area hang here."""

from server.console.pages import Pages

pages = Pages("fleet", __name__)
