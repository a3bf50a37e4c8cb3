"""The one way this package says no to what a peer or a user sent: an error with a stable code."""

from schemas.vocabulary import Code


class Refused(Exception):
    """Something foreign was not acceptable. `code` is stable; `detail` is for people and holds no personal data."""

    def __init__(self, code: Code, detail: str = "") -> None:
        """Keep the stable code and a detail in words."""
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = code
        self.detail = detail
