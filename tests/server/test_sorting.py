"""What the embedded database sorts for a long answer goes to a file once it is much, and does not fill memory."""

from pathlib import Path

from server.database import open_database

IN_FILES = 1
"""What `PRAGMA temp_store` says then."""


def test_reading_sorts_in_files(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA temp_store").scalar() == IN_FILES
    database.close()
