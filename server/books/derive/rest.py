"""How long somebody has to be away for all that happened before to have no say in what comes."""

from sqlalchemy import Connection

from server import bulk
from server.kept import Kept, is_view
from server.reconcile.cuts import FAR, REST_MS
from server.reconcile.policy import DEFAULTS, HOUR_MS


def read_rest_ms(connection: Connection) -> int | None:
    """Give the rest that no journey between two of the sites outlasts, or None where a policy makes a rule look further."""
    return _REST.of(connection) if is_view(connection) else _read_rest_ms(connection)


def _read_rest_ms(connection: Connection) -> int | None:
    query = _EXTENT.format(keys=", ".join("?" * len(FAR)))
    ((south, north, west, east, is_far),) = bulk.fetch(connection, query, tuple(sorted(FAR)))
    if is_far:
        return None
    if south is None:
        return REST_MS
    metres = ((north - south) + (east - west)) * _METRES_A_DEGREE // 1_000_000
    return max(REST_MS, int(metres) * HOUR_MS // (DEFAULTS.speed_kmh * 1_000))


_METRES_A_DEGREE = 111_700
"""Of latitude near the poles: nowhere is a degree longer."""
_EXTENT = (
    "SELECT min(latitude_e6), max(latitude_e6), min(longitude_e6), max(longitude_e6), "
    "EXISTS (SELECT 1 FROM policy WHERE key IN ({keys})) FROM site"
)
_REST = Kept(_read_rest_ms)
