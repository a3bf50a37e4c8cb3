"""A second reader, written from `docs/protocol.md` alone: it imports nothing of ours, so that the document is what is tested.

`read_…` give what was read, or raise `No` with the code.
"""

import base64
import re
import struct
import zlib
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SAFE = 2**53 - 1
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
NUMBER, NUMBER_OR_NONE, WORD = r"[0-9A-Za-z-]{1,20}", r"[0-9A-Za-z-]{0,20}", r"[a-z_]{0,32}"
TEXT, LOG_ID = r"[^\x00]{0,400}", r"[a-z2-7]{32}"
WHY, RULE = r"[^\x00]{0,300}", r"([A-F][0-9]{1,2})?"
HASH = ("bytes", 32, 32)
COUNT, SERIAL, FLAG, STARS = (0, SAFE), (0, 65_535), (0, 1), (1, 5)
STAMP: list[Any] = [("bytes", 8, 8), COUNT, (-SAFE, SAFE)]
KINDS: dict[str, tuple[list[Any], int]] = {
    "scan": (
        [r"in|out", FLAG, WORD, WORD, NUMBER_OR_NONE, NUMBER_OR_NONE, ("bytes", 0, 4), SERIAL, COUNT,
         ("bytes", 0, 1_024), ("bytes", 0, 16), NUMBER_OR_NONE],
        3,
    ),
    "boot": ([TEXT, WORD], 0),
    "anchor": ([TEXT, ("bytes", 16, 16), COUNT, COUNT, COUNT, ("bytes", 64, 64)], 0),
    "frontier": ([COUNT], 0),
    "void": ([COUNT, ("bytes", 32, 32), NUMBER_OR_NONE, TEXT], 0),
    "attest": (
        [r"in|out", NUMBER, COUNT, NUMBER_OR_NONE, WORD, ("bytes", 0, 32), NUMBER, TEXT],
        0,
    ),
    "walk_in": ([NUMBER, NUMBER_OR_NONE, ("bytes", 0, 1_024), WORD, NUMBER_OR_NONE], 0),
    "handout": ([NUMBER, TEXT, (-SAFE, SAFE), NUMBER_OR_NONE], 0),
    "handover": ([NUMBER, NUMBER_OR_NONE, COUNT, TEXT], 0),
    "note": ([WORD, NUMBER_OR_NONE, ("bytes", 0, 32), TEXT, NUMBER_OR_NONE], 0),
    "enrol": ([LOG_ID, NUMBER, NUMBER_OR_NONE, COUNT, COUNT, TEXT], 1),
    "set": ([WORD, COUNT, ("bytes", 32, 32), TEXT], 0),
    "succeed": ([LOG_ID, COUNT, ("bytes", 32, 32), ("bytes", 64, 64)], 0),
    "revoke_badge": ([NUMBER, SERIAL, COUNT, TEXT], 0),
    "badge_key": ([("bytes", 32, 32), WORD, COUNT, TEXT], 0),
    "revoke_log": ([LOG_ID, COUNT, ("bytes", 32, 32), COUNT, TEXT, TEXT], 0),
    "decide": (
        [NUMBER, HASH, NUMBER_OR_NONE, NUMBER_OR_NONE, WORD, ("list", 24, [COUNT, COUNT, (0, 2)]),
         ("bytes", 0, 32), RULE, WHY, NUMBER, WORD, NUMBER_OR_NONE, ("bytes", 0, 32), ("bytes", 0, 16), ("list", 6, HASH)],
        4,
    ),
    "merge": ([NUMBER, NUMBER, WHY, NUMBER, NUMBER_OR_NONE], 1),
    "unmerge": ([HASH, WHY, NUMBER, NUMBER_OR_NONE], 1),
    "accept": ([NUMBER, NUMBER, WHY, NUMBER], 0),
    "cover": ([("list", 20, [LOG_ID, COUNT, COUNT, HASH])], 0),
    "close_period": (
        [NUMBER, (197_001, 999_912), COUNT, HASH, COUNT, HASH, COUNT, HASH, *[COUNT] * 5,
         *[(-SAFE, SAFE)] * 3, FLAG, WHY, NUMBER],
        0,
    ),
    "correct": (
        [NUMBER, NUMBER_OR_NONE, ("bytes", 0, 32), COUNT, COUNT, COUNT, ("bytes", 0, 1_024),
         NUMBER_OR_NONE],
        0,
    ),
    "answer": ([HASH, WORD, ("bytes", 0, 32), WHY, NUMBER], 0),
    "certify": (
        [NUMBER, NUMBER, COUNT, COUNT, COUNT, COUNT, HASH, ("bytes", 0, 4), r"[^\x00]{1,60}",
         ("bytes", 0, 32), WHY, NUMBER],
        0,
    ),
    "withdraw": ([HASH, WHY, NUMBER], 0),
    "listed": ([("bytes", 16, 16), ("list", 40, [NUMBER, STARS, COUNT])], 0),
    "publish": ([("bytes", 16, 16), TEXT, COUNT, STARS, COUNT, HASH, COUNT, COUNT, NUMBER], 0),
    "object": ([HASH, NUMBER, COUNT, ("bytes", 0, 1_024), NUMBER], 0),
    "conclude": ([HASH, COUNT, HASH, NUMBER], 0),
    "staff": ([WORD, TEXT, HASH, TEXT], 0),
    "seal": ([WORD, COUNT, COUNT, HASH], 0),
    "tell": ([NUMBER, r"[^\x00]{1,200}", COUNT, TEXT], 0),
    "untell": ([HASH, TEXT], 0),
    "tend": ([WORD, TEXT, COUNT, WHY, TEXT], 0),
}  # fmt: skip
"""The fields of each kind behind the clocks, and how many of the last may be left out."""


class No(Exception):
    """Refused, with the code of the protocol."""


def unpack(data: bytes, at: int, depth: int) -> tuple[Any, int, bool]:
    """Read one MessagePack value: the value, where it ends, whether it is in shortest form."""
    tag = data[at]
    at += 1
    if tag <= 0x7F or tag >= 0xE0:
        return (tag if tag <= 0x7F else tag - 256), at, True
    if 0xCC <= tag <= 0xD3:
        size = 1 << ((tag - 0xCC) % 4)
        value = int.from_bytes(take(data, at, size), "big", signed=tag >= 0xD0)
        return value, at + size, size == shortest_integer(value) and (tag < 0xD0) == (value >= 0)
    if 0xA0 <= tag <= 0xBF:
        return text_of(take(data, at, tag - 0xA0)), at + tag - 0xA0, True
    if tag in (0xD9, 0xDA, 0xDB, 0xC4, 0xC5, 0xC6):
        size = 1 << ((tag - 0xD9) if tag >= 0xD9 else (tag - 0xC4))
        length = int.from_bytes(take(data, at, size), "big")
        raw = take(data, at + size, length)
        least = 32 if tag >= 0xD9 else 0
        short = length >= {1: least, 2: 256, 4: 65_536}[size]
        return (text_of(raw) if tag >= 0xD9 else raw), at + size + length, short
    if 0x90 <= tag <= 0x9F or tag in (0xDC, 0xDD):
        size = {0xDC: 2, 0xDD: 4}.get(tag, 0)
        length = int.from_bytes(take(data, at, size), "big") if size else tag - 0x90
        short = length >= {0: 0, 2: 16, 4: 65_536}[size]
        at += size
        if depth == 0:
            raise No("malformed")
        items = []
        for _ in range(length):
            item, at, is_short = unpack(data, at, depth - 1)
            items.append(item)
            short = short and is_short
        return items, at, short
    raise No("malformed")


def take(data: bytes, at: int, size: int) -> bytes:
    """Bytes that must be there."""
    if at + size > len(data):
        raise No("malformed")
    return data[at : at + size]


def text_of(raw: bytes) -> str:
    """Strict UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise No("malformed") from None


def shortest_integer(value: int) -> int:
    """The bytes behind the tag that an integer needs; 0 for the fixints."""
    if -32 <= value <= 127:
        return 0
    bits = (8, 16, 32, 64)
    if value > 0:
        return next(b // 8 for b in bits if value < 1 << b)
    return next(b // 8 for b in bits if value >= -(1 << (b - 1)))


def read_value(data: bytes, depth: int) -> tuple[Any, bool]:
    """Read exactly one value, and whether it is in shortest form."""
    try:
        value, end, short = unpack(data, 0, depth)
    except IndexError:
        raise No("malformed") from None
    if end != len(data):
        raise No("malformed")
    return value, short


def read_entry(body: bytes) -> list[Any]:
    """Read an entry (2)."""
    value, short = read_value(body, 4)
    if not isinstance(value, list) or not value or not isinstance(value[0], str) or too_big(value):
        raise No("malformed")
    if not short:
        raise No("not_canonical")
    if value[0] not in KINDS:
        raise No("unknown_kind")
    fields, optional = KINDS[value[0]]
    rules = STAMP + fields
    given = value[1:]
    if len(given) < len(rules) - optional:
        raise No("bad_field")
    if not all(fits(item, rule) for item, rule in zip(given, rules, strict=False)):
        raise No("bad_field")
    return value


def too_big(value: Any) -> bool:
    """Whether an integer lies outside 1.4."""
    if isinstance(value, list):
        return any(map(too_big, value))
    return isinstance(value, int) and abs(value) > SAFE


def fits(item: Any, rule: Any) -> bool:
    """Whether a field is within its bounds."""
    if isinstance(rule, list):
        is_whole = isinstance(item, list) and len(item) == len(rule)
        return is_whole and all(map(fits, item, rule))
    if rule[0] == "list":
        return (
            isinstance(item, list) and len(item) <= rule[1] and all(fits(i, rule[2]) for i in item)
        )
    if isinstance(rule, str):
        return isinstance(item, str) and re.fullmatch(rule, item) is not None
    if rule[0] == "bytes":
        return isinstance(item, bytes) and rule[1] <= len(item) <= rule[2]
    return isinstance(item, int) and rule[0] <= item <= rule[1]


def log_id(key: bytes) -> str:
    """3.2."""
    return base64.b32encode(sha256(b"redvest-log-1" + key).digest()[:20]).decode().lower()


def chain(key: bytes, bodies: list[bytes], previous: bytes | None = None) -> list[bytes]:
    """3.3: the genesis (or the hash before), then that of each entry."""
    out = [previous or sha256(b"redvest-genesis-1" + key).digest()]
    for body in bodies:
        out.append(sha256(out[-1] + body).digest())
    return out


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Ed25519."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_batch(wire: bytes) -> dict[str, Any]:
    """Read a batch (5)."""
    if len(wire) > 524_288:
        raise No("too_large")
    unpacker = zlib.decompressobj(31)
    try:
        raw = unpacker.decompress(wire, 2_097_153)
    except zlib.error:
        raise No("not_gzip") from None
    if len(raw) > 2_097_152:
        raise No("too_large")
    if not unpacker.eof or unpacker.unused_data:
        raise No("not_gzip")
    value, short = read_value(raw, 2)
    kinds = [str, int, bytes, int, bytes, list, bytes]
    if not isinstance(value, list) or [type(item) for item in value] != kinds:
        raise No("malformed")
    if not short and all(isinstance(body, bytes) for body in value[5]):
        raise No("not_canonical")
    name, form, key, first, previous, bodies, signature = value
    sound = name == "batch" and form == 1 and len(key) == len(previous) == 32 and bodies
    if not sound or not all(isinstance(body, bytes) for body in bodies):
        raise No("malformed")
    if len(bodies) > 1_000:
        raise No("too_many_entries")
    if not 1 <= first <= SAFE - 1_000 or (first == 1 and previous != chain(key, [])[0]):
        raise No("bad_sequence")
    if max(map(len, bodies)) > 2_048:
        raise No("entry_too_large")
    head, last = chain(key, bodies, previous)[-1], first + len(bodies) - 1
    text = f"redvest/1 head\nlog {log_id(key)}\nseq {last}\nhash {head.hex()}"
    if not is_signed(key, text.encode(), signature):
        raise No("bad_signature")
    return {"log": log_id(key), "first": first, "last": last, "head": head, "bodies": bodies}


STATEMENTS = {
    "place": ("epoch", "log", "site", "post", "server_ms"),
    "snapshot": ("epoch", "channel", "number", "part", "parts", "digest", "server_ms"),
    "changes": ("epoch", "channel", "after", "number", "digest", "server_ms"),
    "deposit": ("epoch", "log", "first", "last", "hash", "digest", "server_ms"),
}


def read_parcel(wire: bytes, server_key: bytes) -> dict[str, Any]:
    """Read a parcel (11.8)."""
    if len(wire) > 1_048_576:
        raise No("too_large")
    unpacker = zlib.decompressobj(31)
    try:
        raw = unpacker.decompress(wire, 4_194_305)
    except zlib.error:
        raise No("not_gzip") from None
    if len(raw) > 4_194_304:
        raise No("too_large")
    if not unpacker.eof or unpacker.unused_data:
        raise No("not_gzip")
    value, short = read_value(raw, 2)
    if not isinstance(value, list) or [type(x) for x in value] != [str, int, str, bytes, bytes]:
        raise No("malformed")
    if not short:
        raise No("not_canonical")
    word, form, text, signature, content = value
    if word != "parcel" or form != 1:
        raise No("malformed")
    if not is_signed(server_key, text.encode(), signature):
        raise No("bad_signature")
    name, fields = read_statement(text)
    groups = check_parcel(name, fields, content)
    return {"name": name, "fields": fields, "groups": groups}


def read_statement(text: str) -> tuple[str, dict[str, str]]:
    """Read one of the statements that travel in parcels (4.1)."""
    lines = text.split("\n")
    name = lines[0].removeprefix("redvest/1 ")
    keys = STATEMENTS.get(name, ())
    found = dict(line.split(" ", 1) for line in lines[1:] if " " in line)
    if not keys or lines[1:] != [f"{key} {found.get(key)}" for key in keys]:
        raise No("malformed")
    return name, found


def check_parcel(name: str, fields: dict[str, str], content: bytes) -> list[Any]:
    """Check what a statement says (11.8), and give the rows of a page."""
    if name == "place":
        if content or not re.fullmatch(NUMBER, fields["site"]):
            raise No("malformed")
        return []
    if name != "deposit":
        check_page(fields)
    if sha256(content).hexdigest() != fields["digest"]:
        raise No("bad_signature")
    if name == "deposit":
        return []
    groups, _ = read_value(content, 4)
    shape = [str, list, list]
    if not isinstance(groups, list) or any(
        not isinstance(group, list) or [type(item) for item in group] != shape for group in groups
    ):
        raise No("malformed")
    if sum(len(come) + len(gone) for _, come, gone in groups) > 20_000:
        raise No("too_large")
    return groups


def check_page(fields: dict[str, str]) -> None:
    """Check channel, parts and numbers of a page."""
    if not re.fullmatch(r"all|central|site:[0-9A-Za-z-]{1,20}", fields["channel"]):
        raise No("malformed")
    part, parts = int(fields.get("part", "1")), int(fields.get("parts", "1"))
    if not 1 <= part <= parts <= 1_000 or int(fields.get("after", "0")) > int(fields["number"]):
        raise No("malformed")


def base45(text: str) -> bytes:
    """RFC 9285."""
    out = b""
    for at in range(0, len(text), 3):
        group = text[at : at + 3]
        if len(group) == 1 or any(c not in ALPHABET for c in group):
            raise No("bad_base45")
        value = sum(ALPHABET.index(c) * 45**n for n, c in enumerate(group))
        if value >= 1 << 8 * (len(group) - 1):
            raise No("bad_base45")
        out += value.to_bytes(len(group) - 1, "big")
    return out


def read_badge(text: str, keys: dict[bytes, bytes]) -> dict[str, Any]:
    """Read a badge (8). Its form is fixed, so no CBOR library is needed."""
    if not text.startswith("RV1:"):
        raise No("malformed")
    if len(text) > 4 + 180:
        raise No("too_large")
    found = re.fullmatch(
        rb"\xd2\x84\x49(\xa2\x01\x27\x04\x44(....))\xa0([\x40-\x57]|\x58[\x18-\xff])(.*)\x58\x40(.{64})",
        base45(text[4:]),
        re.DOTALL,
    )
    if found is None:
        raise No("malformed")
    protected, key_id, length, payload, signature = found.groups()
    if len(payload) != (length[1] if len(length) == 2 else length[0] - 0x40):
        raise No("malformed")
    if key_id not in keys:
        raise No("unknown_key")
    to_sign = b"\x84\x6aSignature1\x49" + protected + b"\x40" + length + payload
    if not is_signed(keys[key_id], to_sign, signature):
        raise No("bad_signature")
    return read_claims(payload)


def read_claims(payload: bytes) -> dict[str, Any]:
    """8.4."""
    integer = rb"([\x00-\x17]|\x18[\x18-\xff]|\x19..|\x1a....)"
    found = re.fullmatch(
        rb"\xa4\x02([\x61-\x74])([0-9A-Za-z-]{1,20})\x04"
        + integer
        + rb"\x06"
        + integer
        + rb"\x07\x42(..)",
        payload,
        re.DOTALL,
    )
    if found is None or found[1][0] - 0x60 != len(found[2]):
        raise No("malformed")
    expires, issued = (cbor_integer(raw) for raw in (found[3], found[4]))
    serial = struct.unpack(">H", found[5])[0]
    if not issued <= expires or not serial:
        raise No("malformed")
    return {"number": found[2].decode(), "serial": serial, "issued_s": issued, "expires_s": expires}


def read_certificate(text: str, keys: dict[bytes, bytes]) -> dict[str, Any]:
    """Read the code of a certificate (19)."""
    if not text.startswith("RVC1:"):
        raise No("malformed")
    if len(text) > 5 + 768:
        raise No("too_large")
    found = re.fullmatch(
        rb"\xd2\x84\x49(\xa2\x01\x27\x04\x44(....))\xa0([\x40-\x57]|\x58[\x18-\xff]|\x59[\x01-\xff].)(.*)\x58\x40(.{64})",
        base45(text[5:]),
        re.DOTALL,
    )
    if found is None:
        raise No("malformed")
    protected, key_id, length, payload, signature = found.groups()
    if len(payload) != (int.from_bytes(length[1:], "big") if length[1:] else length[0] - 0x40):
        raise No("malformed")
    if key_id not in keys:
        raise No("unknown_key")
    to_sign = b"\x84\x6aSignature1\x49" + protected + b"\x40" + length + payload
    if not is_signed(keys[key_id], to_sign, signature):
        raise No("bad_signature")
    return read_certified(payload)


def read_certified(payload: bytes) -> dict[str, Any]:
    """19.2."""
    integer = rb"([\x00-\x17]|\x18[\x18-\xff]|\x19..|\x1a....|\x1b.{8})"
    shown = rb"([\x61-\x77]|\x78[\x18-\xff])(.*?)"
    found = re.fullmatch(
        rb"\xa8\x01" + shown + rb"\x02" + shown + rb"\x06" + integer
        + rb"\x07([\x41-\x54])([0-9A-Za-z-]{1,20})\x3a\x00\x01\x00\x00" + integer
        + rb"\x3a\x00\x01\x00\x01" + integer + rb"\x3a\x00\x01\x00\x02" + integer
        + rb"\x3a\x00\x01\x00\x03" + shown,
        payload,
        re.DOTALL,
    )  # fmt: skip
    if found is None or found[6][0] - 0x40 != len(found[7]):
        raise No("malformed")
    texts = [(found[1], found[2], 60), (found[3], found[4], 20), (found[11], found[12], 20)]
    for length, raw, most in texts:
        if len(raw) != (length[1] if len(length) == 2 else length[0] - 0x60):
            raise No("malformed")
        if not re.fullmatch(rf"[^\x00-\x1f\x7f]{{1,{most}}}", text_of(raw)):
            raise No("malformed")
    issuer, name, volunteer = (text_of(raw) for _, raw, _ in texts)
    issued, minutes, first, last = (cbor_integer(found[n]) for n in (5, 8, 9, 10))
    if first > last or issued >= 2**32 or max(minutes, last) > SAFE:
        raise No("malformed")
    return {
        "number": found[7].decode(), "issuer": issuer, "name": name, "volunteer": volunteer,
        "first_day": first, "last_day": last, "minutes": minutes, "issued_s": issued,
    }  # fmt: skip


def cbor_integer(raw: bytes) -> int:
    """An unsigned integer in its shortest form."""
    if len(raw) == 1:
        return raw[0]
    value = int.from_bytes(raw[1:], "big")
    if value < {2: 24, 3: 256, 5: 65_536, 9: 2**32}[len(raw)]:
        raise No("malformed")
    return value


def read_code(text: str) -> bytes:
    """Read an enrolment code (10.1)."""
    plain = re.sub(r"[\s-]", "", text).upper()
    if not re.fullmatch("[A-Z2-7]{40}", plain):
        raise No("bad_code")
    return base64.b32decode(plain)


FRAMES = {
    "H": 65_536,
    "W": 16_432,
    "D": 1_048_624,
    "B": 524_336,
    "E": 64,
    "R": 1_048_576,
    "P": 1_048_624,
    "Z": 32,
}
LINE = b"redvest/1 bundle\n"


def read_frames(data: bytes) -> list[tuple[str, bytes, bytes]]:
    """16.1 to 16.3: kind, body and whole frame of each, without the last."""
    if not data.startswith(LINE):
        raise No("truncated" if data and LINE.startswith(data) else "not_a_bundle")
    at, found = len(LINE), []
    while True:
        head = data[at : at + 5]
        if len(head) < 5:
            raise No("truncated")
        kind, length = chr(head[0]), struct.unpack(">I", head[1:])[0]
        if kind not in FRAMES or length > FRAMES[kind]:
            raise No("altered")
        frame = data[at : at + 5 + length]
        if len(frame) < 5 + length:
            raise No("truncated")
        at += 5 + length
        if kind == "Z":
            break
        found.append((kind, frame[5:], frame))
    if frame[5:] != sha256(data[: at - 37]).digest() or len(frame) != 37 or at != len(data):
        raise No("altered")
    return found


def read_bundle_file(data: bytes) -> list[dict[str, Any]]:
    """Read a bundle file (16): its parts, still sealed."""
    frames, parts = read_frames(data), []
    while frames:
        stop = next((n for n, frame in enumerate(frames) if frame[0] == "E"), None)
        kinds = "".join(kind for kind, _, _ in frames[: stop + 1]) if stop is not None else ""
        if re.fullmatch("HW?D{0,1000}B{0,1000}E", kinds):
            parts.append(read_bundle(frames[: len(kinds)]))
        elif re.fullmatch("RP{0,4096}E", kinds) and not frames[len(kinds) - 1][1]:
            answer = strict(frames[0][1], [str, int, str, list, list])
            if answer[:2] != ["reply", 1]:
                raise No("malformed")
            pages = [body for _, body, _ in frames[1 : len(kinds) - 1]]
            parts.append(
                {"log": answer[2], "receipts": answer[3], "aside": answer[4], "pages": pages}
            )
        else:
            raise No("malformed")
        frames = frames[len(kinds) :]
    return parts


def read_bundle(frames: list[tuple[str, bytes, bytes]]) -> dict[str, Any]:
    """16.4 and 16.5."""
    header = strict(frames[0][1], [str, int, bytes, bytes, bytes, bytes, str, list])
    name, form, key, server, _, reply, view, runs = header
    if name != "bundle" or form not in (1, 2) or [len(b) for b in header[2:6]] != [32, 10, 16, 32]:
        raise No("malformed")
    kinds = [kind for kind, _, _ in frames[1:-1]]
    if form == 1 and set(kinds) - {"B"}:
        raise No("malformed")
    sealed = [body for _, body, _ in frames[1:-1]]
    digest = sha256(b"".join(frame for _, _, frame in frames[:-1])).hexdigest()
    text = f"redvest/1 bundle\nlog {log_id(key)}\nbatches {kinds.count('B')}\ndigest {digest}"
    if not is_signed(key, text.encode(), frames[-1][1]):
        raise No("bad_signature")
    tag = b"redvest-bundle-1" + sha256(frames[0][1]).digest()
    infos = [tag + struct.pack(">I", place) for place in range(1, len(sealed) + 1)]
    said = {"log": log_id(key), "server": server, "reply": reply, "view": view, "runs": runs}
    return said | {"sealed": list(zip(infos, sealed, strict=True)), "kinds": kinds}


def read_words(body: bytes) -> list[list[Any]]:
    """What is in a `W` (16.12), opened."""
    words, short = read_value(body, 3)
    if not isinstance(words, list) or not short or len(words) > 4:
        raise No("malformed")
    if any(
        not isinstance(word, list) or [type(item) for item in word] != [str, bytes]
        for word in words
    ):
        raise No("malformed")
    return words


def strict(body: bytes, kinds: list[type]) -> list[Any]:
    """One array of these types in shortest form."""
    value, short = read_value(body, 3)
    if not isinstance(value, list) or [type(item) for item in value] != kinds or not short:
        raise No("malformed")
    return value


def read_slip(text: str) -> dict[str, Any]:
    """Read a slip (17)."""
    if len(text) > 3_072:
        raise No("too_large")
    if not re.fullmatch("[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        raise No("bad_base64")
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != text:
        raise No("bad_base64")
    value, short = read_value(raw, 2)
    kinds = [str, int, bytes, int, bytes, bytes, bytes]
    if not isinstance(value, list) or [type(item) for item in value] != kinds:
        raise No("malformed")
    if not short:
        raise No("not_canonical")
    name, form, key, seq, previous, body, signature = value
    if name != "slip" or form != 1 or len(key) != 32 or len(previous) != 32:
        raise No("malformed")
    if not 1 <= seq <= SAFE - 1_000:
        raise No("bad_sequence")
    if len(body) > 2_048:
        raise No("entry_too_large")
    if seq == 1 and previous != chain(key, [])[0]:
        raise No("bad_sequence")
    entry_hash = sha256(previous + body).digest()
    said = f"redvest/1 head\nlog {log_id(key)}\nseq {seq}\nhash {entry_hash.hex()}"
    if not is_signed(key, said.encode(), signature):
        raise No("bad_signature")
    return {"log": log_id(key), "seq": seq, "hash": entry_hash, "entry": body}
