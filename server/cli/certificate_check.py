"""`certificate check`: whether a certificate on paper is good, with no network: by its code, a picture of it, or its number."""

from pathlib import Path

import click

from schemas.limits import IMAGE_BYTES_MAX
from schemas.vocabulary import Code
from server.books.dates import iso_date, iso_time
from server.books.derive.drain import drain
from server.certificates.check import Checked, Finding, KeyAge, check, prove
from server.cli.composition import services
from server.cli.output import Answer, Exit, answers
from sync.certificate import PREFIX
from sync.errors import Refused
from sync.ids import badge_key_id


@click.command("check")
@click.argument("text", required=False)
@click.option(
    "--image", type=click.Path(path_type=Path), default=None, help="照片 / a picture of the code"
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    help="公钥（十六进制），只验签名，不需本机数据 / public key in hex: only the signature, without a home",
)
@answers
def check_(text: str | None, image: Path | None, keys: tuple[str, ...]) -> Answer:
    """核验证明 / Check a certificate by its code (TEXT, or a picture of it) or by its number. Needs no network."""
    if (text is None) == (image is None):
        raise click.UsageError("给出内容或 --image / give the text, or --image")
    asked = text if image is None else _read_image(image)
    if keys:
        proved = prove(asked or "", _keys(keys))
        done = proved if isinstance(proved, Checked) else Checked(Finding.SIGNED, said=proved[0])
    else:
        with services() as opened:
            drain(opened.database, opened.signer.keys.identity_public)
            with opened.database.read() as connection:
                done = check(connection, asked or "", opened.signer.clock.wall_ms())
    status = Exit.DONE if done.holds else _FAILED_AS.get(done.finding, Exit.REFUSED)
    return Answer(done, lambda: _checked(done), status)


_FAILED_AS = {Finding.ALTERED: Exit.TAMPERED, Finding.UNSETTLED: Exit.LATER}

FINDINGS = {
    Finding.GOOD: "有效 / good",
    Finding.SIGNED: "签名有效；是否已作废请向出具单位核实 / signed: ask the issuer whether it still holds",
    Finding.CHANGED: "已失效：记录后来有更正 / withdrawn: the records were corrected since",
    Finding.REPLACED: "已失效：已补发新的证明 / withdrawn: another is in its place",
    Finding.WITHDRAWN: "已作废 / withdrawn",
    Finding.UNSETTLED: "有新数据待处理，请稍后再查 / something came in: ask again later",
    Finding.ALTERED: "不是原件：内容被改动，或不是本系统的证明 / altered, or none of ours",
    Finding.UNKNOWN: "没有这份证明 / no such certificate",
}
_KEYS = {
    KeyAge.FORMER: "由旧密钥签名，仍然有效 / signed by a former key, which is fine",
    KeyAge.WITHDRAWN: "签名密钥已收回，以中心记录为准 / its key was withdrawn: the centre's log counts, not the code",
    KeyAge.UNKNOWN: "不认识的密钥 / a key that nobody here knows",
}


def _keys(given: tuple[str, ...]) -> dict[bytes, bytes]:
    try:
        keys = [bytes.fromhex(key) for key in given]
    except ValueError as error:
        raise click.UsageError("--key: 十六进制 / hex expected") from error
    if any(len(key) != 32 for key in keys):
        raise click.UsageError("--key: 32 字节 / 32 bytes expected")
    return {badge_key_id(key): key for key in keys}


def _read_image(file: Path) -> str:
    """Give the text of the code in a picture, a certificate's if there are several.

    Raise `Refused(not_found)` where there is none, `too_large`.
    """
    from sync.picture import Unreadable, texts_of

    try:
        with file.open("rb") as source:
            data = source.read(IMAGE_BYTES_MAX + 1)
        if len(data) > IMAGE_BYTES_MAX:
            raise Refused(Code.TOO_LARGE, f"over {IMAGE_BYTES_MAX} bytes")
        texts = texts_of(data)
    except (OSError, Unreadable) as error:
        raise Refused(Code.NOT_FOUND, "不是图片 / not a picture") from error
    if not texts:
        raise Refused(Code.NOT_FOUND, "图片中没有二维码 / no code in the picture")
    return next((text for text in texts if PREFIX in text), texts[0])


def _checked(done: Checked) -> str:
    lines = [FINDINGS[done.finding]]
    if done.key in _KEYS:
        lines.append(_KEYS[done.key])
    if done.said is not None:
        said = done.said
        lines += [
            f"{said.number}  {said.issuer}  {iso_time(said.issued_s * 1000)[:10]}",
            f"{said.name}  {said.volunteer}  {iso_date(said.first_day)} – {iso_date(said.last_day)}  {said.minutes} 分钟 min",
        ]
    return "\n".join(lines)
