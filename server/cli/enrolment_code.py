"""`enrolment-code SITE`: a one-use code that makes a kiosk belong to a site."""

from pathlib import Path

import click

from server.cli.composition import services
from server.cli.output import Answer, answers
from server.intake.enrol import CODE_DAYS, make_code


@click.command("enrolment-code")
@click.argument("site")
@click.option(
    "--qr", type=click.Path(path_type=Path), help="另存为二维码图片 / also as a QR picture (PNG)"
)
@answers
def enrolment_code(site: str, qr: Path | None) -> Answer:
    """为一个站点生成一次性登记码 / Make a one-use code for a kiosk of a site."""
    with services() as opened:
        code = make_code(opened.database, opened.signer, site).text()
    if qr is not None:
        _write_qr(code, qr)
    data = {"code": code, "site": site, "days": CODE_DAYS, "qr": str(qr) if qr else None}
    return Answer(
        data, f"{code}\n{CODE_DAYS} 天内有效，只能用一次 / one use, within {CODE_DAYS} days"
    )


def _write_qr(code: str, file: Path) -> None:
    import qrcode

    picture = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    picture.add_data(code)
    picture.make(fit=True)
    new = file.with_suffix(".new.png")
    picture.make_image().save(new)
    new.replace(file)
