"""The pages of this area hang here."""

from server.console.pages import Pages

pages = Pages("now", __name__)
