"""Files that calls hand out: their kinds, and the answer that carries one. Nothing of them stays here."""

from typing import IO

from flask import Response, send_file

from server.papers.handed import DOCX, PDF, PNG, ZIP, Handed

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"
BYTES = "application/octet-stream"

__all__ = ["BYTES", "CSV", "DOCX", "JSON", "PDF", "PNG", "XLSX", "ZIP", "hand_out", "stream_out"]


def hand_out(file: Handed) -> Response:
    """Answer with a file."""
    answer = Response(file.content, content_type=file.kind)
    answer.headers.set("Content-Disposition", "attachment", filename=file.name)
    return answer


def stream_out(content: IO[bytes], name: str, kind: str) -> Response:
    """Answer with a file that is too large to be held; it is closed when it was sent."""
    answer = send_file(content, kind, as_attachment=True, download_name=name, conditional=False)
    answer.cache_control.clear()  # the guard says who may store it: nobody
    return answer
