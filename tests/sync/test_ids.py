"""Derived names never change: these values are pinned for good."""

from sync.ids import badge_key_id, boot_id, genesis, log_id, server_fingerprint

KEY = bytes(range(32))


def test_derived_names_stay_what_they_are() -> None:
    assert log_id(KEY) == "udig4jlwmo4pvlnohir37olo547gbhtg"
    assert genesis(KEY).hex() == "6d3c870c25f791094eb4a01b813f4acdd0831d88eb0c7b1c68b72103c669cace"
    assert server_fingerprint(KEY).hex() == "3db7441e5093e5812749"
    assert badge_key_id(KEY).hex() == "df655f56"
    assert boot_id("2f1c7a1e-0000-4000-8000-000000000001\n").hex() == "d975fb94b77c9da5"


def test_a_log_is_named_in_32_lower_case_characters() -> None:
    for n in range(50):
        name = log_id(bytes([n]) * 32)
        assert len(name) == 32
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_white_space_around_a_boot_id_does_not_matter() -> None:
    assert boot_id(" x\n") == boot_id("x") != boot_id("y")
