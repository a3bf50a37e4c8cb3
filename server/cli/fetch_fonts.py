"""`fetch-fonts`: what PDF badges are printed with."""

import os

import click

from server.cli.output import Answer, answers
from server.config import read_config
from server.fonts import fetch


@click.command()
@answers
def fetch_fonts() -> Answer:
    """下载字体 / Fetch the font for PDF badges; no root needed."""
    registry = os.environ.get("NPM_CONFIG_REGISTRY") or fetch.REGISTRY
    done = fetch.fetch_fonts(read_config().fonts, lambda: fetch.from_registry(registry))
    word = "早已就绪 / was there" if done.already else "已下载 / fetched"
    return Answer(done, f"{done.folder}: {word}")
