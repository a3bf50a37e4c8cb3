"""Make `docs/vectors/*.json` anew: `python -m tests.vectors.make_vectors`. Committed; a test compares.

`seal.json` and `bundles*.json` are made only if they are absent, because sealing draws a key by chance.
"""

import gzip
import io
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import base45
import cbor2
import msgpack
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from schemas.central_entry import (
    Accept,
    Answer,
    Certify,
    ClosePeriod,
    Conclude,
    Correct,
    Cover,
    Decide,
    Listed,
    Merge,
    Object,
    Publish,
    Seal,
    Staff,
    Unmerge,
    Withdraw,
)
from schemas.entry import (
    Anchor,
    Attest,
    BadgeKey,
    Boot,
    Enrol,
    Entry,
    Frontier,
    Handout,
    Handover,
    Note,
    RevokeBadge,
    RevokeLog,
    Scan,
    Set,
    Succeed,
    Void,
    WalkIn,
)
from schemas.fleet_entry import Tell, Tend, Untell
from sync import badge, batch, canonical, certificate, clock, enrolment, parcel, slip, statement
from sync.bundle import PLAIN, WITH_WORDS, Header, Run, write_bundle
from sync.canonical import Strange
from sync.carried import read_pieces
from sync.chain import links
from sync.errors import Refused
from sync.frames import Kind as FrameKind
from sync.frames import enclose, require_whole
from sync.frames import pack as frame
from sync.ids import badge_key_id, boot_id, genesis, log_id, server_fingerprint
from sync.reply import Answer as ReplyHead
from sync.reply import Aside, SignedText, write_reply
from sync.seal import CODE_INFO, seal
from sync.words import pack_words
from tests.vectors.make_names import make_names

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "vectors"

Vectors = dict[str, Any]


def key_of(name: str) -> Ed25519PrivateKey:
    """The private key with this name: SHA-256 of it."""
    return Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())


def public_of(key: Ed25519PrivateKey) -> bytes:
    """Its public bytes."""
    return key.public_key().public_bytes_raw()


KIOSK, SERVER, ISSUER = key_of("kiosk"), key_of("server"), key_of("issuer")
LOG = log_id(public_of(KIOSK))
BOOT_TEXT = "2f1c7a1e-5b0d-4c6e-9d55-0123456789ab\n"
BOOT = boot_id(BOOT_TEXT)
LEAD = 1_767_225_600_000
TIME = statement.write(
    "time", epoch="e-1", log=LOG, nonce=bytes(range(16)), server_ms=1_767_225_660_123
)
END = {"log": log_id(public_of(key_of("copied"))), "seq": 41, "hash": bytes(range(32))}
SUCCEED = statement.write("succeed", **END, successor=LOG)
KEY_ID = badge_key_id(public_of(ISSUER))

HASH = bytes(range(32))

ENTRIES: list[Entry] = [
    Boot(BOOT, 1_000, LEAD, "red-vest 0.1.0", "boottime"),
    Scan(BOOT, 61_000, LEAD, "in", 1, "card", "good", "P-1", "CS000001", KEY_ID, 3, 1_800_000_000),
    Scan(
        *(BOOT, 62_000, LEAD - 5, "out", 0, "unknown", "not_a_badge", "", "", b"", 0, 0),
        code=bytes(range(70)),
        mark=bytes(range(16)),
    ),
    Anchor(
        *(BOOT, 63_400, LEAD, "e-1", bytes(range(16)), 1_767_225_660_123, 63_100, 63_301),
        statement.sign(SERVER, TIME),
    ),
    Frontier(BOOT, 63_400, LEAD, 4),
    Enrol(BOOT, 70_000, LEAD, LOG, "S-7", "P-1", LEAD, 0),
    Set(BOOT, 71_000, LEAD, "volunteers", 2_500_000, bytes(range(32)), "管理员 𬭎"),
    RevokeBadge(BOOT, 72_000, LEAD, "CS000001", 3, LEAD + 72_000, "遗失 lost"),
    Succeed(BOOT, 73_000, LEAD, *END.values(), statement.sign(key_of("copied"), SUCCEED)),  # type: ignore[arg-type] # in their order
    Void(BOOT, 74_000, LEAD, 2, bytes(range(32)), "CS000002", "刷错人 wrong person"),
    Attest(
        *(BOOT, 75_000, LEAD, "out", "CS000001", LEAD + 70_000, "P-1", "lead", bytes(range(32))),
        *("CS000002", "忘记签退 forgot"),
    ),
    WalkIn(BOOT, 76_000, LEAD, "T-7K2M", "P-1", bytes(range(70)), "v_one", "CS000002"),
    Handout(BOOT, 77_000, LEAD, "CS000001", "口罩", -2, ""),
    Handover(BOOT, 78_000, LEAD, "CS000002", "CS000003", 7, "东侧缺一人"),
    Note(
        BOOT, 79_000, LEAD, "warned", "CS000001", bytes(range(32)), "未培训 not trained", "CS000002"
    ),
    BadgeKey(BOOT, 79_500, LEAD, bytes(range(32)), "withdrawn", LEAD + 79_500, "钥匙失窃 stolen"),
    RevokeLog(
        BOOT, 80_000, LEAD, END["log"], 40, bytes(range(32)), LEAD + 79_000, "被盗 stolen", "admin"
    ),  # type: ignore[arg-type] # of several types
    Decide(
        *(
            BOOT,
            81_000,
            LEAD,
            "CS000001",
            HASH,
            "S-7",
            "P-1",
            "adjust",
            ((29_453_761, 29_454_001, 0), (29_454_001, 29_454_061, 2)),
        ),
        *(
            HASH[::-1],
            "B7",
            "超过十二小时的部分不计",
            "CS000009",
            "city",
            "CS000008",
            b"",
            HASH[:16],
            (HASH,),
        ),
    ),
    Decide(
        BOOT,
        82_000,
        LEAD,
        "CS000001",
        HASH,
        "S-7",
        "",
        "approve",
        (),
        b"",
        "",
        "",
        "CS000009",
        "lead",
    ),
    Merge(BOOT, 83_000, LEAD, "CS000001", "CS000004", "重复建档 entered twice", "CS000009"),
    Unmerge(BOOT, 84_000, LEAD, HASH, "不是同一人 two people", "CS000009", "CS000008"),
    Accept(BOOT, 85_000, LEAD, "T-7K2M", "CS000004", "", "CS000009"),
    Cover(BOOT, 86_000, LEAD, ((LOG, 1, 41, HASH), (LOG, 50, 60, HASH[::-1]))),
    ClosePeriod(
        *(BOOT, 87_000, LEAD, "S-7", 202_601, 24, HASH, 2, HASH[::-1], 3, HASH, 2, 3, 540, 30, 0),
        *(-60, 60, 0, 0, "一台签到机损坏 a kiosk burned", "CS000009"),
    ),
    Correct(BOOT, 88_000, LEAD, "CS000001", "S-7", HASH, LEAD, 0, LEAD + 9, bytes(range(70)), ""),
    Answer(
        BOOT, 89_000, LEAD, HASH, "agreed", HASH[::-1], "两人证实 two people saw it", "CS000009"
    ),
    Certify(
        *(BOOT, 90_000, LEAD, "2026-7K3M9-QX2T4", "CS000001", 20_454, 20_484, 540, 3, HASH),
        *(KEY_ID, "浉河区新时代文明实践中心", HASH[::-1], "更正后补发 corrected", "CS000009"),
    ),
    Withdraw(BOOT, 91_000, LEAD, HASH, "误发 issued in error", "CS000009"),
    Listed(BOOT, 92_000, LEAD, HASH[:16], (("CS000001", 1, 6_060), ("CS000004", 5, 90_000))),
    Publish(
        *(BOOT, 93_000, LEAD, HASH[:16], "2026 年度星级志愿者", 20_484, 1, 2, HASH, 20_490, 20_496),
        "CS000009",
    ),
    Object(BOOT, 94_000, LEAD, HASH, "CS000004", LEAD + 94_000, bytes(range(70)), "CS000009"),
    Conclude(BOOT, 95_000, LEAD, HASH, 1, HASH[::-1], "CS000009"),
    Staff(BOOT, 90_000, LEAD, "opened", "wang.li", HASH, "admin"),
    Seal(BOOT, 91_000, LEAD, "reading", 1, 2_000, HASH),
    Tell(
        BOOT, 92_000, LEAD, "S-7", "大雨将至，请提前收帐篷 heavy rain", LEAD + 90_000_000, "wang.li"
    ),
    Untell(BOOT, 93_000, LEAD, HASH, "wang.li"),
    Tend(BOOT, 94_000, LEAD, "codes_made", "S-7", 2, "", "wang.li"),
]
BODIES = [canonical.encode(entry) for entry in ENTRIES]
HASHES = links(genesis(public_of(KIOSK)), BODIES)


PAGE_CONTENT = parcel.pack_groups(
    [
        ("site", [["S1", "东门卡口"]], []),
        ("post", [["P1", "登记"]], ["P7"]),
        ("a_kind_of_later", [["K", 1, b"x", "more"]], []),
    ]
)
DEPOSITED = b"sealed to the centre"
PAGES = ("snapshot", "changes")
_AT: dict[str, object] = {"epoch": "e-1", "server_ms": 1_767_225_661_000}
PARCELS: dict[str, dict[str, object]] = {
    "place": {**_AT, "log": LOG, "site": "S1", "post": ""},
    "snapshot": {
        **_AT, "channel": "site:S1", "number": 7, "part": 1, "parts": 2, "digest": parcel.digest(PAGE_CONTENT),
    },
    "changes": {
        **_AT, "channel": "site:S1", "after": 5, "number": 7, "digest": parcel.digest(PAGE_CONTENT),
    },
    "deposit": {
        **_AT, "log": LOG, "first": 1, "last": len(HASHES), "hash": HASHES[-1], "digest": parcel.digest(DEPOSITED),
    },
}  # fmt: skip
PARCEL_TEXTS = {name: statement.write(name, **fields) for name, fields in PARCELS.items()}


def pack(value: object) -> bytes:
    """MessagePack by another library."""
    packed: bytes = msgpack.packb(value, use_bin_type=True)
    return packed


def readable(value: object) -> object:
    """Bytes as an object with hex, the rest as it is."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, list):
        return [readable(item) for item in value]
    return value


def make_entries() -> Vectors:
    """Entries that are understood, and strange ones."""
    scan = msgpack.unpackb(BODIES[1])
    bad = [(4, "inn"), (5, 2), (6, "Card"), (9, "CS000001\n"), (9, "a" * 21), (11, 65_536)]
    bad += [(2, -1), (1, bytes(7)), (9, b"CS000001")]
    strange = [
        b"",
        b"\x90",
        BODIES[1] + b"\x00",
        BODIES[1][:-1],
        pack(["later", None]),
        pack(["later", True]),
        pack(["later", 1.0]),
        pack(["later", {}]),
        pack(["later", 2**53]),
        pack(["later", [[[[1]]]]]),
        b"\x92\xa5later\xa3\xed\xa0\x80",
        b"\x92\xa5later\xcc\x01",
        b"\x92\xa5later\xd9\x01a",
        b"\xdc\x00\x06" + BODIES[0][1:],
        pack(["later", 1, [2, [b"x"]], "文"]),
        pack(scan[:9]),
        *(pack([*scan[:at], value, *scan[at + 1 :]]) for at, value in bad),
    ]
    found = [(body, canonical.understand(body)) for body in strange]
    return {
        "boot": {"id_text": BOOT_TEXT, "boot": BOOT.hex()},
        "entries": [
            {"bytes": body.hex(), "fields": readable(msgpack.unpackb(body))} for body in BODIES
        ],
        "with_later_fields": [
            {"bytes": pack([*scan, 7, ["later"]]).hex(), "understood_as": 1},
            {"bytes": pack(scan[:-3]).hex(), "understood_as": 1},
        ],
        "strange": [
            {"bytes": body.hex(), "code": str(why.code)}
            for body, why in found
            if isinstance(why, Strange)
        ],
    }


def make_chain() -> Vectors:
    """A log."""
    return {
        "private_key": KIOSK.private_bytes_raw().hex(),
        "public_key": public_of(KIOSK).hex(),
        "log": LOG,
        "genesis": genesis(public_of(KIOSK)).hex(),
        "entries": [body.hex() for body in BODIES],
        "hashes": [entry_hash.hex() for entry_hash in HASHES],
    }


def make_statements() -> Vectors:
    """One statement of each name, signed."""
    central, nonce = log_id(public_of(SERVER)), bytes(range(16))
    values: dict[str, dict[str, object]] = {
        "head": {"log": LOG, "seq": len(HASHES), "hash": HASHES[-1]},
        "hello": {"log": LOG, "seq": 0, "hash": genesis(public_of(KIOSK)), "nonce": nonce},
        "time": {"epoch": "e-1", "log": LOG, "nonce": nonce, "server_ms": 1_767_225_660_123},
        "receipt": {
            "epoch": "e-1", "log": LOG, "first": 1, "last": len(HASHES), "hash": HASHES[-1], "server_ms": 1_767_225_660_200,
        },
        "succeed": {**END, "successor": LOG},
        "bundle": {"log": LOG, "batches": 2, "digest": sha256(b"frames").digest()},
        "enrol": {"log": LOG, "code": bytes(range(5)), "post": "", "nonce": nonce},
        "keys": {
            "epoch": "e-1", "central": central, "seal": bytes(32), "badges": public_of(ISSUER), "server_ms": 1,
        },
        "pull": {
            "log": LOG, "nonce": nonce, "server_ms": 1_767_225_660_123, "proof": statement.sign(SERVER, TIME),
            "channel": "site:S1", "epoch": "e-1", "number": 7, "staged": 0, "part": 1,
        },
        "neighbour": {"log": LOG, "centre": server_fingerprint(public_of(SERVER)), "nonce": nonce},
        **PARCELS,
    }  # fmt: skip
    rows = []
    for name, fields in values.items():
        key = KIOSK if name in ("head", "hello", "bundle", "enrol", "pull", "neighbour") else SERVER
        key = key_of("copied") if name == "succeed" else key
        text = statement.write(name, **fields)
        signature = statement.sign(key, text).hex()
        rows.append(
            {
                "name": name,
                "statement_text": text,
                "public_key": public_of(key).hex(),
                "signature": signature,
            }
        )
    return {"statements": rows}


def make_parcels() -> Vectors:
    """A parcel of each kind, and refused ones."""
    made = {name: parcel_of(name) for name in PARCELS}
    raw = gzip.decompress(made["changes"])
    fields = msgpack.unpackb(raw)

    def wrap(data: bytes) -> bytes:
        return gzip.compress(data, mtime=0)

    def changed(at: int, value: object) -> bytes:
        return wrap(pack([*fields[:at], value, *fields[at + 1 :]]))

    def signed(text: str, content: bytes) -> bytes:
        return wrap(pack(["parcel", 1, text, statement.sign(SERVER, text), content]))

    many = parcel.pack_groups([("known", [[f"V{n}"] for n in range(20_001)], [])])
    digest = parcel.digest(PAGE_CONTENT).hex()
    refused = [
        b"<html>",
        made["changes"][:-1],
        made["changes"] + made["place"],
        wrap(bytes(4_194_305)),
        wrap(b"\xdc\x00\x05" + raw[1:]),
        changed(0, "batch"),
        changed(1, 2),
        changed(3, bytes(64)),
        changed(4, PAGE_CONTENT + b"\xc0"),
        signed(TIME, b""),
        signed(fields[2].replace("after 5", "after 8"), PAGE_CONTENT),
        signed(fields[2].replace("site:S1", "site:"), PAGE_CONTENT),
        signed(PARCEL_TEXTS["snapshot"].replace("part 1", "part 3"), PAGE_CONTENT),
        signed(PARCEL_TEXTS["place"], b"x"),
        signed(PARCEL_TEXTS["place"].replace("site S1", "site "), b""),
        signed(fields[2].replace(digest, parcel.digest(b"\x91\xc0").hex()), b"\x91\xc0"),
        signed(fields[2].replace(digest, parcel.digest(many).hex()), many),
    ]
    return {
        "server_key": public_of(SERVER).hex(),
        "parcels": [
            {
                "wire": wire.hex(),
                "name": name,
                "fields": fields_of(PARCEL_TEXTS[name]),
                "groups": readable(msgpack.unpackb(PAGE_CONTENT)) if name in PAGES else [],
            }
            for name, wire in made.items()
        ],
        "refused": [
            {
                "wire": data.hex(),
                "code": code_of(
                    lambda wire: parcel.unpack(wire, server_key=public_of(SERVER)), data
                ),
            }
            for data in refused
        ],
    }


def fields_of(text: str) -> dict[str, str]:
    """The fields of a statement, as it says them."""
    return {line.partition(" ")[0]: line.partition(" ")[2] for line in text.split("\n")[1:]}


def parcel_of(name: str) -> bytes:
    """The wire bytes of a parcel."""
    text = PARCEL_TEXTS[name]
    content = {"deposit": DEPOSITED, "place": b""}.get(name, PAGE_CONTENT)
    return parcel.pack(text, statement.sign(SERVER, text), content)


def make_batches() -> Vectors:
    """A batch, and refused ones."""
    wire = batch.pack(KIOSK, first=1, previous=genesis(public_of(KIOSK)), bodies=BODIES)
    raw = gzip.decompress(wire)
    fields = msgpack.unpackb(raw)

    def wrap(data: bytes) -> bytes:
        return gzip.compress(data, mtime=0)

    def changed(at: int, value: object) -> bytes:
        return wrap(pack([*fields[:at], value, *fields[at + 1 :]]))

    refused = [
        b"<html>",
        wire[:-1],
        wire + b"\x00",
        wire + wire,
        wrap(b""),
        wrap(raw + b"\x00"),
        wrap(b"\xdc\x00\x07" + raw[1:]),
        wrap(bytes(2_097_153)),
        changed(0, "bundle"),
        changed(1, 2),
        changed(2, public_of(SERVER)),
        changed(3, 0),
        changed(3, 2),
        changed(3, 2**53 - 1_000),
        changed(3, 2**63),
        changed(4, bytes(32)),
        changed(5, []),
        changed(5, fields[5][::-1]),
        changed(5, fields[5][:-1]),
        changed(5, [bytes(2_049)]),
        changed(5, [b"x"] * 1_001),
        changed(6, bytes(64)),
    ]
    middle = batch.pack(KIOSK, first=4, previous=HASHES[2], bodies=BODIES[3:6])
    return {
        "batches": [
            {
                "wire": wire.hex(),
                "log": LOG,
                "first": 1,
                "last": len(HASHES),
                "head": HASHES[-1].hex(),
            },
            {"wire": middle.hex(), "log": LOG, "first": 4, "last": 6, "head": HASHES[5].hex()},
        ],
        "refused": [{"wire": data.hex(), "code": code_of(batch.unpack, data)} for data in refused],
    }


def make_badges() -> Vectors:
    """A badge, and refused ones."""
    keys = {KEY_ID: public_of(ISSUER)}
    says = {
        "number": "CS000001",
        "serial": 3,
        "issued_s": 1_700_000_000,
        "expires_s": 1_800_000_000,
    }
    longest = {"number": "A" * 20, "serial": 65_535, "issued_s": 2**32 - 1, "expires_s": 2**32 - 1}
    text = badge.issue(ISSUER, **says)  # type: ignore[arg-type] # text and integers
    message: bytes = base45.b45decode(text[4:])

    def wrap(data: bytes) -> str:
        return "RV1:" + base45.b45encode(data).decode()

    def signed(claims: object, header: object = None) -> str:
        protected = cbor2.dumps(header or {1: -8, 4: KEY_ID}, canonical=True)
        payload = claims if isinstance(claims, bytes) else cbor2.dumps(claims, canonical=True)
        seal_over = cbor2.dumps(["Signature1", protected, b"", payload])
        return wrap(
            cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, ISSUER.sign(seal_over)]))
        )

    claims = {2: "CS000001", 4: 1_800_000_000, 6: 1_700_000_000, 7: b"\x00\x03"}
    refused = [
        text[4:],
        text.lower(),
        text + "0" * 100,
        text + "\n",
        "RV1:GGW",
        "RV1: :::",
        wrap(message[1:]),
        wrap(message + b"\x00"),
        wrap(message[:-1] + bytes([message[-1] ^ 1])),
        wrap(message.replace(KEY_ID, bytes(4), 1)),
        wrap(message.replace(b"CS000001", b"CS000002")),
        wrap(message.replace(b"\xa0", b"\xa1\x01\x26", 1)),
        signed(claims, {1: -7, 4: KEY_ID}),
        signed(claims, {1: -8, 4: KEY_ID, 3: 0}),
        signed({**claims, 5: 0}),
        signed({**claims, 2: "张三"}),
        signed({**claims, 7: b"\x00\x00"}),
        signed({**claims, 4: 1}),
        signed({2.0: "CS000001", **{key: claims[key] for key in (4, 6, 7)}}),
        signed(cbor2.dumps(dict(reversed(claims.items())))),
    ]
    return {
        "keys": {KEY_ID.hex(): public_of(ISSUER).hex()},
        "private_key": ISSUER.private_bytes_raw().hex(),
        "badges": [
            {"badge_text": text, **says},
            {"badge_text": badge.issue(ISSUER, **longest), **longest},  # type: ignore[arg-type] # as above
        ],
        "refused": [
            {"badge_text": bad, "code": code_of(lambda t: badge.verify(t, keys), bad)}
            for bad in refused
        ],
    }


CERTIFIED = certificate.Certificate(
    *("2026-7K3M9-QX2T4", "浉河区新时代文明实践中心", "阿**", "CS****01"),
    *(20_454, 20_484, 540, 1_767_000_000),
)
CERTIFIED_ROWS = [
    certificate.Row(20_460, HASH[::-1], "S-7", 300),
    certificate.Row(20_454, HASH, "S-7", 180),
    certificate.Row(20_460, HASH, "S-7", 60),
]


def make_certificates() -> Vectors:
    """The code of a certificate, what it rests on, and refused ones."""
    keys = {KEY_ID: public_of(ISSUER)}
    text = certificate.issue(ISSUER, CERTIFIED)
    message = base45.b45decode(text[5:])

    def wrap(data: bytes) -> str:
        return "RVC1:" + base45.b45encode(data).decode()

    def signed(more: dict[int, object], key: Ed25519PrivateKey = ISSUER) -> str:
        protected = cbor2.dumps({1: -8, 4: badge_key_id(public_of(key))}, canonical=True)
        claims = {key: value for key, value in {**said, **more}.items() if value is not None}
        payload = cbor2.dumps(claims, canonical=True)
        seal_over = cbor2.dumps(["Signature1", protected, b"", payload])
        parts = [protected, {}, payload, key.sign(seal_over)]
        return wrap(cbor2.dumps(cbor2.CBORTag(18, parts)))

    said = cbor2.loads(cbor2.loads(message).value[2])
    badge_text = badge.issue(ISSUER, number="CS000001", serial=1, issued_s=0, expires_s=1)
    refused = [
        text[5:],
        badge_text,
        "RVC1:" + badge_text[4:],
        text + "0" * 768,
        text + " ",
        wrap(message[:-1] + bytes([message[-1] ^ 1])),
        wrap(message.replace(b"\x19\x02\x1c", b"\x19\x02\x1d")),
        signed({}, SERVER),
        signed({1: ""}),
        signed({1: "x" * 61}),
        signed({2: "a\nb"}),
        signed({2: b"x"}),
        signed({7: "2026-7K3M9-QX2T4"}),
        signed({7: "编号".encode()}),
        signed({-65_537: -1}),
        signed({-65_537: 540.0}),
        signed({-65_539: 20_453}),
        signed({-65_540: None}),
        signed({-65_541: 1}),
        signed({4: 1_800_000_000}),
    ]
    return {
        "keys": {KEY_ID.hex(): public_of(ISSUER).hex()},
        "private_key": ISSUER.private_bytes_raw().hex(),
        "certificates": [{"certificate_text": text, **asdict(CERTIFIED)}],
        "link_text": certificate.code_link("https://redvest.example", text),
        "rows": [readable(list(row)) for row in CERTIFIED_ROWS],
        "digest": certificate.digest_of(CERTIFIED_ROWS).hex(),
        "refused": [
            {"certificate_text": bad, "code": code_of(lambda t: certificate.verify(t, keys), bad)}
            for bad in refused
        ],
    }


def make_enrolment() -> Vectors:
    """A code, and refused ones."""
    fingerprint = server_fingerprint(public_of(SERVER))
    code = enrolment.EnrolmentCode(bytes(range(5)), bytes(range(50, 60)), fingerprint)
    text = code.text()
    refused = ["", text[:-1], text + "A", text.replace(text[0], "1"), "A" * 34 + "======"]
    return {
        "server_key": public_of(SERVER).hex(),
        "code_text": text,
        "typed_text": text.lower().replace("-", "  "),
        "id": code.id.hex(),
        "secret": code.secret.hex(),
        "fingerprint": fingerprint.hex(),
        "secret_hash": code.secret_hash().hex(),
        "refused": [{"code_text": bad, "code": code_of(enrolment.read, bad)} for bad in refused],
    }


def make_time() -> Vectors:
    """A branch of two boots with contacts, and its corrected times."""
    other = boot_id("another boot")
    clocks = [
        (1, BOOT, 1_000),
        (2, BOOT, 61_000),
        (3, BOOT, 63_400),
        (4, BOOT, 3_663_401),
        (5, BOOT, 7_263_400),
    ]
    clocks += [(6, other, 10), (7, other, 500)]
    marks = [
        (3, BOOT, 1_767_225_660_123, 63_100, 63_301),
        (5, BOOT, 1_767_232_860_100, 7_263_000, 7_263_100),
        (7, other, 1_767_232_999_000, 100, 401),
    ]
    anchors = [
        clock.anchor_mark(seq, boot=boot, server_ms=server, before_ms=before, after_ms=after)
        for seq, boot, server, before, after in marks
    ]
    stamps = [clock.Stamp(seq, boot, mono, mono) for seq, boot, mono in clocks]
    names = ("seq", "boot", "server_ms", "before_ms", "after_ms")
    return {
        "anchors": [dict(zip(names, (s, b.hex(), *rest), strict=True)) for s, b, *rest in marks],
        "entries": [
            {
                "seq": stamp.seq,
                "boot": stamp.boot.hex(),
                "mono_ms": stamp.mono_ms,
                "corrected_ms": at.at_ms,
                "within_ms": at.within_ms,
            }
            for stamp, at in zip(stamps, clock.correct(stamps, anchors), strict=True)
        ],
    }


def make_seal() -> Vectors:
    """Something sealed. Not the same twice."""
    key = X25519PrivateKey.from_private_bytes(sha256(b"seal").digest())
    public = key.public_key().public_bytes_raw()
    return {
        "private_key": key.private_bytes_raw().hex(),
        "public_key": public.hex(),
        "info_text": CODE_INFO.decode(),
        "plain_text": "https://example.org/健康码",
        "sealed": seal(public, "https://example.org/健康码".encode(), CODE_INFO).hex(),
    }


def make_bundles() -> Vectors:
    """A bundle file and a reply file. Not the same twice, because they are sealed."""
    centre = X25519PrivateKey.from_private_bytes(sha256(b"seal").digest())
    kiosk = X25519PrivateKey.from_private_bytes(sha256(b"reply").digest())
    wires = [
        batch.pack(KIOSK, first=1, previous=genesis(public_of(KIOSK)), bodies=BODIES[:4]),
        batch.pack(KIOSK, first=5, previous=HASHES[3], bodies=BODIES[4:]),
    ]
    header = Header(
        public_of(KIOSK),
        server_fingerprint(public_of(SERVER)),
        bytes(range(16)),
        kiosk.public_key().public_bytes_raw(),
        "all e-1 12;site:S-7 e-1 7",
        (Run(LOG, 1, len(HASHES)),),
    )
    frames = list(write_bundle(KIOSK, header, centre.public_key().public_bytes_raw(), wires))
    file = b"".join(enclose(frames))
    word = statement.write(
        "receipt", epoch="e-1", log=LOG, first=1, last=len(HASHES), hash=HASHES[-1], server_ms=1_767_225_660_200,
    )  # fmt: skip
    receipts = (SignedText(word, statement.sign(SERVER, word)),)
    answer = ReplyHead(LOG, receipts, (Aside("", 0, 0, "not_gzip"),))
    pages = [b"one parcel", b"another parcel"]
    reply = b"".join(enclose(write_reply(answer, header.reply, pages)))
    refused = [
        *(
            b"",
            b"PK\x03\x04",
            file.replace(b"/1", b"/2", 1),
            file[:9],
            file[:-1],
            file[: len(file) // 2],
        ),
        *(
            file + b"\n",
            file[:400] + bytes([file[400] ^ 1]) + file[401:],
            file[:-1] + bytes([file[-1] ^ 1]),
        ),
        file[:17] + b"?" + file[18:],
        file[:17] + b"H\xff\xff\xff\xff" + file[22:],
        *(
            b"".join(enclose(parts))
            for parts in (
                [frames[0], *frames[2:]],
                [frames[0], frames[2], frames[1], frames[3]],
                frames[:-1],
                frames[1:],
                [frames[0], *frames],
                [*frames[:-1], frame(FrameKind.END, bytes(64))],
                [frame(FrameKind.HEADER, header.body + b"\x00"), *frames[1:]],
                [frame(FrameKind.HEADER, header.body.replace(b"bundle", b"parcel")), *frames[1:]],
                [frame(FrameKind.REPLY, answer.body)],
            )
        ),
    ]
    return {
        "seal_private_key": centre.private_bytes_raw().hex(),
        "reply_private_key": kiosk.private_bytes_raw().hex(),
        "file": file.hex(),
        "log": LOG,
        "server": header.server.hex(),
        "view_text": header.view,
        "runs": [[LOG, 1, len(HASHES)]],
        "batches": [wire.hex() for wire in wires],
        "reply_file": reply.hex(),
        "receipts_text": [word],
        "aside": [["", 0, 0, "not_gzip"]],
        "pages": [page.hex() for page in pages],
        "refused": [{"file": data.hex(), "code": code_of(read_file, data)} for data in refused],
    }


def make_bundles_2() -> Vectors:
    """A bundle file of form 2. Not the same twice, because it is sealed."""
    centre = X25519PrivateKey.from_private_bytes(sha256(b"seal").digest())
    word = statement.write(
        "receipt", epoch="e-1", log=LOG, first=1, last=4, hash=HASHES[3], server_ms=1_767_225_660_200,
    )  # fmt: skip
    words = [(word, statement.sign(SERVER, word))]
    deposits = [b"one parcel", b"another parcel"]
    header = Header(
        public_of(KIOSK),
        server_fingerprint(public_of(SERVER)),
        bytes(range(16)),
        bytes([9] * 32),
        "",
        (Run(LOG, 5, len(HASHES)),),
        WITH_WORDS,
    )
    wire = batch.pack(KIOSK, first=5, previous=HASHES[3], bodies=BODIES[4:])
    beside = [
        (FrameKind.WORDS, pack_words(words)),
        *((FrameKind.DEPOSIT, content) for content in deposits),
    ]
    seal_key = centre.public_key().public_bytes_raw()
    frames = list(write_bundle(KIOSK, header, seal_key, [wire], beside))
    plain = list(write_bundle(KIOSK, replace(header, form=PLAIN), seal_key, [wire], beside))
    refused = [
        b"".join(enclose(parts))
        for parts in (
            [frames[0], *frames[2:]],
            [frames[0], frames[2], frames[1], *frames[3:]],
            [*frames[:2], *frames[1:]],
            [frames[0], frames[1], frames[3], frames[2], *frames[4:]],
            [frames[0], frames[4], *frames[1:4], frames[5]],
            plain,
        )
    ]
    return {
        "seal_private_key": centre.private_bytes_raw().hex(),
        "file": b"".join(enclose(frames)).hex(),
        "log": LOG,
        "words": [[text, signature.hex()] for text, signature in words],
        "deposits": [content.hex() for content in deposits],
        "batches": [wire.hex()],
        "refused": [{"file": data.hex(), "code": code_of(read_file, data)} for data in refused],
    }


def read_file(data: bytes) -> None:
    """Read a bundle file as our own reader does."""
    require_whole(io.BytesIO(data).read)
    for _ in read_pieces(io.BytesIO(data).read):
        pass


def make_slips() -> Vectors:
    """A slip, and refused ones."""
    text = slip.write_slip(KIOSK, seq=2, previous=HASHES[0], body=BODIES[1])
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    fields = msgpack.unpackb(raw)

    def wrap(data: bytes) -> str:
        return urlsafe_b64encode(data).rstrip(b"=").decode()

    def changed(at: int, value: object) -> str:
        return wrap(pack([*fields[:at], value, *fields[at + 1 :]]))

    refused = [
        "",
        text + "=",
        text + "+",
        "A" * 3_073,
        wrap(raw + b"\x00"),
        wrap(b"\xdc\x00\x07" + raw[1:]),
        changed(0, "batch"),
        changed(1, 2),
        changed(2, public_of(SERVER)),
        changed(3, 0),
        changed(3, 1),
        changed(3, 3),
        changed(3, 2**63),
        changed(4, bytes(31)),
        changed(4, bytes(32)),
        changed(5, BODIES[0]),
        changed(5, bytes(2_049)),
        changed(6, bytes(64)),
    ]
    return {
        "slip_text": text,
        "link_text": slip.slip_link("https://redvest.example", text),
        "log": LOG,
        "seq": 2,
        "hash": HASHES[1].hex(),
        "entry": BODIES[1].hex(),
        "refused": [{"slip_text": bad, "code": code_of(slip.read_slip, bad)} for bad in refused],
    }


def code_of(read: Any, data: object) -> str:
    """The code with which our own reader refuses this."""
    try:
        read(data)
    except Refused as refused:
        return str(refused.code)
    raise AssertionError("not refused")


MAKERS = {
    "entries": make_entries,
    "chain": make_chain,
    "statements": make_statements,
    "batches": make_batches,
    "parcels": make_parcels,
    "badges": make_badges,
    "certificates": make_certificates,
    "enrolment": make_enrolment,
    "time": make_time,
    "slips": make_slips,
    "names": make_names,
}

SEALED = {"seal": make_seal, "bundles": make_bundles, "bundles_2": make_bundles_2}
"""Made only if they are absent: sealing draws a key by chance."""


def text_of(vectors: Vectors) -> str:
    """The text of a file."""
    return json.dumps(vectors, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, make in MAKERS.items():
        (FOLDER / f"{name}.json").write_text(text_of(make()), encoding="utf-8")
    for name, make in SEALED.items():
        if not (FOLDER / f"{name}.json").exists():
            (FOLDER / f"{name}.json").write_text(text_of(make()), encoding="utf-8")
