"""Where commands get their kiosk from: the home that the environment names. A demo's kiosk says so first."""

from kiosk.app import Kiosk, open_kiosk
from kiosk.cli.output import say
from kiosk.config import read_config
from sync.demo import BANNER


def open_here() -> Kiosk:
    """Open the kiosk of this home."""
    kiosk = open_kiosk(read_config().home)
    if kiosk.is_demo:
        say(BANNER)
    return kiosk
