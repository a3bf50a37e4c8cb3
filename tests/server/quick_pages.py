"""Pages of tests are compiled once a process, not once for each application that a test makes."""

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

JINJA = "jinja_options"
"""What `flask.Flask` makes its environments with."""


class Remembered(BytecodeCache):
    """Compiled templates in memory, by their name and text."""

    def __init__(self) -> None:
        """Remember none yet."""
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled before."""
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Remember it."""
        self._code[bucket.key] = bucket.bytecode_to_string()
