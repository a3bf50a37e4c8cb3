"""Envelopes: nothing but what the protocol names is read from a request; a reply may say more."""

from typing import Any

import pytest
from marshmallow import Schema, ValidationError

from schemas import envelopes
from schemas.limits import (
    CHANNELS_MAX,
    HEALTH_WORDS_MAX,
    PROOFS_MAX,
    RANGES_MAX,
    SAFE_INTEGER_MAX,
    SEALED_BYTES_MAX,
)

KEY, SIGNATURE, HASH = "0a" * 32, "0b" * 64, "0c" * 32
SIGNED = {"statement": "redvest/1 time", "signature": SIGNATURE}
RANGE = {"first": 1, "last": 9, "hash": HASH}

SOUND: list[tuple[Schema, dict[str, Any]]] = [
    (
        envelopes.HelloRequest(),
        {"key": KEY, **SIGNED, "version": "1.0", "proofs": [SIGNED], "health": {"pending": 3}},
    ),
    (
        envelopes.HelloReply(),
        {
            "time": SIGNED,
            "enrolled": True,
            "site": "S1",
            "post": None,
            "ranges": [RANGE],
            "place": SIGNED,
            "channels": [{"channel": "site:S1", "number": 7}],
            "revoked": False,
        },
    ),
    (envelopes.PushReply(), {"receipt": SIGNED}),
    (envelopes.KeysReply(), {"key": KEY, **SIGNED}),
    (envelopes.EnrolRequest(), {"key": KEY, **SIGNED, "secret": "0d" * 58}),
    (envelopes.EnrolReply(), {"site": "S1", "site_name": "东门卡口", "post": "P1"}),
    (envelopes.PullRequest(), {"key": KEY, **SIGNED}),
    (envelopes.DepositReply(), {"fresh": 3, "whole": True}),
    (
        envelopes.Problem(),
        {
            "type": "about:blank",
            "title": "",
            "status": 422,
            "code": "x",
            "detail": "",
            "kept": True,
        },
    ),
]
REQUESTS = [(schema, data) for schema, data in SOUND if isinstance(schema, envelopes.Request)]
REPLIES = [(schema, data) for schema, data in SOUND if isinstance(schema, envelopes.Reply)]


def name_of(value: object) -> str:
    """The name of a schema, for the test's id."""
    return type(value).__name__


def refused(schema: Schema, data: object) -> bool:
    """Whether a schema refuses this."""
    try:
        schema.load(data)  # type: ignore[arg-type] # whatever a peer sends
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(("schema", "data"), SOUND, ids=name_of)
def test_a_sound_envelope_is_read_as_it_is(schema: Schema, data: dict[str, Any]) -> None:
    assert schema.load(data) == data


@pytest.mark.parametrize(("schema", "data"), REQUESTS, ids=name_of)
def test_a_request_with_an_unknown_field_is_refused(schema: Schema, data: dict[str, Any]) -> None:
    assert refused(schema, {**data, "admin": True})


@pytest.mark.parametrize(("schema", "data"), REPLIES, ids=name_of)
def test_a_reply_may_say_more(schema: Schema, data: dict[str, Any]) -> None:
    assert schema.load({**data, "later": {"x": 1}}) == data


@pytest.mark.parametrize(("schema", "data"), SOUND, ids=name_of)
def test_a_field_left_out_or_null_is_refused(schema: Schema, data: dict[str, Any]) -> None:
    optional = {
        envelopes.Problem: {"type", "title", "detail", "kept"},
        envelopes.HelloRequest: {"proofs", "health"},
        envelopes.HelloReply: {"revoked"},
    }
    for key in set(data) - optional.get(type(schema), set()):
        assert refused(schema, {k: v for k, v in data.items() if k != key}), key
        if data[key] is not None and not schema.fields[key].allow_none:
            assert refused(schema, {**data, key: None}), key


@pytest.mark.parametrize(("schema", "data"), SOUND, ids=name_of)
def test_anything_but_an_object_is_refused(schema: Schema, data: dict[str, Any]) -> None:
    for other in ([], [data], "x", 7, None, True):
        assert refused(schema, other)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "0a" * 31,
        "0a" * 33,
        "0A" * 32,
        "0a" * 31 + "0g",
        "0a" * 32 + "\n",
        "0a" * 31 + "0 ",
        7,
        None,
        ["0a"],
        {},
    ],
    ids=ascii,
)
def test_bytes_are_lower_case_hex_of_their_length(value: object) -> None:
    for schema, data in REQUESTS:
        assert refused(schema, {**data, "key": value})
    assert refused(envelopes.HelloReply(), {**SOUND[1][1], "ranges": [{**RANGE, "hash": value}]})


@pytest.mark.parametrize(
    "value", [-1, 1.5, "1", True, None, SAFE_INTEGER_MAX + 1, 1e400, "x", []], ids=ascii
)
def test_a_seq_is_a_whole_number_every_language_reads(value: object) -> None:
    assert refused(envelopes.HeldRange(), {**RANGE, "last": value})


def test_a_seq_at_its_bounds_is_read() -> None:
    for value in (0, SAFE_INTEGER_MAX):
        assert envelopes.HeldRange().load({**RANGE, "last": value})["last"] == value


def test_texts_and_lists_are_bounded() -> None:
    hello, data = SOUND[0]
    assert not refused(hello, {**data, "statement": "a" * 2_000, "version": "v" * 40})
    assert refused(hello, {**data, "statement": "a" * 2_001})
    assert refused(hello, {**data, "version": "v" * 41})
    reply, said = SOUND[1]
    assert not refused(reply, {**said, "ranges": [RANGE] * RANGES_MAX})
    assert refused(reply, {**said, "ranges": [RANGE] * (RANGES_MAX + 1)})
    enrol, wish = SOUND[4]
    assert not refused(enrol, {**wish, "secret": "0d" * SEALED_BYTES_MAX})
    for secret in ("0d" * (SEALED_BYTES_MAX + 1), "0d0", "", "0d\n"):
        assert refused(enrol, {**wish, "secret": secret})


def test_a_hello_shows_few_proofs_or_none() -> None:
    hello, data = SOUND[0]
    assert hello.load({name: data[name] for name in data if name != "proofs"})["proofs"] == []
    assert not refused(hello, {**data, "proofs": [SIGNED] * PROOFS_MAX})
    assert refused(hello, {**data, "proofs": [SIGNED] * (PROOFS_MAX + 1)})
    for proof in ({**SIGNED, "more": 1}, {"statement": "x"}, None, "x", [SIGNED]):
        assert refused(hello, {**data, "proofs": [proof]})


def test_a_hello_says_how_its_kiosk_stands_in_few_integers_or_not_at_all() -> None:
    hello, data = SOUND[0]
    assert hello.load({name: data[name] for name in data if name != "health"})["health"] == {}
    later = {"a_word_of_later_software": -SAFE_INTEGER_MAX}
    assert hello.load({**data, "health": later})["health"] == later
    words = [chr(ord("a") + n) for n in range(HEALTH_WORDS_MAX + 1)]
    assert not refused(hello, {**data, "health": dict.fromkeys(words[1:], 1)})
    for health in (
        *(dict.fromkeys(words, 1), {"": 1}, {"a" * 33: 1}, {"A": 1}, {"a\n": 1}, {"a": "1"}),
        *({"a": 1.5}, {"a": True}, {"a": None}, {"a": SAFE_INTEGER_MAX + 1}, [], "x"),
    ):
        assert refused(hello, {**data, "health": health}), health


def test_a_kiosk_follows_few_channels_or_none() -> None:
    reply, said = SOUND[1]
    head = {"channel": "all", "number": 1}
    assert not refused(reply, {**said, "channels": [], "place": None})
    assert not refused(reply, {**said, "channels": [head] * CHANNELS_MAX})
    assert refused(reply, {**said, "channels": [head] * (CHANNELS_MAX + 1)})
    for number in (-1, 2**53, "1", None, True):
        assert refused(reply, {**said, "channels": [{**head, "number": number}]})


def test_a_problem_without_words_is_read() -> None:
    found = envelopes.Problem().load({"status": 500, "code": "internal"})
    assert found == {
        "type": "about:blank",
        "title": "",
        "status": 500,
        "code": "internal",
        "detail": "",
        "kept": False,
    }


def test_a_log_without_a_place_has_neither_site_nor_post() -> None:
    reply, said = SOUND[1]
    found = reply.load({**said, "site": None, "post": None, "enrolled": False})
    assert (found["site"], found["post"]) == (None, None)
    assert not refused(envelopes.EnrolReply(), {"site": "S1", "site_name": "", "post": None})
