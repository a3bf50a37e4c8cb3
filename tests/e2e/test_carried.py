"""Three kiosks, three ways: one by network, one by stick, one through another kiosk; then all of it again."""

import http.client
import json
from pathlib import Path

from tests.e2e.conftest import Enrolled
from tests.e2e.processes import Centre, Kiosk

VOLUNTEERS = ("V1", "V2", "V3")


def work(kiosk: Kiosk) -> None:
    """Sign everybody in and out."""
    for direction in ("in", "out"):
        for who in VOLUNTEERS:
            kiosk.done("scan", who, "--typed", "--direction", direction)


def hours(centre: Centre) -> object:
    """What staff see."""
    ran = centre.command("hours")
    assert ran.status == 0
    return ran.data


def at_centre(centre: Centre, stick: Path, *names: str) -> list[Path]:
    """Bring files to the centre; give the replies."""
    ran = centre.command("accept", *(str(stick / name) for name in names))
    assert ran.status == 0, ran
    return [Path(found["reply"]) for found in ran.data]


def post_slip(centre: Centre, link: str) -> dict[str, object]:
    """Do what the page does on a phone."""
    base, _, slip = link.partition("/s#")
    assert base == centre.url
    phone = http.client.HTTPConnection("127.0.0.1", centre.port, timeout=30)
    phone.request("GET", "/s")
    page = phone.getresponse()
    assert (page.status, b"slip.js" in page.read()) == (200, True)
    body = json.dumps({"slip": slip})
    phone.request("POST", "/sync/v1/slip", body, {"Content-Type": "application/json"})
    answer = phone.getresponse()
    said: dict[str, object] = json.loads(answer.read())
    assert answer.status == 200, said
    phone.close()
    return said


def test_three_kiosks_by_three_ways_and_all_of_it_again(
    centre: Centre, enrolled: Enrolled, tmp_path: Path
) -> None:
    centre.start("--no-scheduler")
    wired, alone, remote = (enrolled(f"k{n}", f"S{n}") for n in (1, 2, 3))
    for kiosk in (wired, alone, remote):
        work(kiosk)
    stick = tmp_path / "stick"
    stick.mkdir()

    # a volunteer's phone brings one entry ahead of all others
    slip = remote.done("slip")
    assert post_slip(centre, slip["link"])["fresh"] == 1
    assert post_slip(centre, slip["link"])["fresh"] == 0

    # by stick, there and back
    exported = alone.done("export", str(stick / "alone.rvb"))
    assert exported["entries"] == 7
    assert alone.done("status")["pending"] == 7
    (reply,) = at_centre(centre, stick, "alone.rvb")
    assert alone.done("accept", str(reply))["proved"] == 7

    # through another kiosk, whose sync takes it along, and whose stick brings the receipts home
    remote.done("export", str(stick / "remote.rvb"))
    assert wired.done("accept", str(stick / "remote.rvb"))["kept"] == 1
    assert wired.done("sync")["carried"] == {"bundles": 1, "left": 0, "problem": ""}
    wired.done("export", str(stick / "wired.rvb"))
    assert remote.done("accept", str(stick / "wired.rvb"))["proved"] == 7

    for kiosk in (wired, alone, remote):
        status = kiosk.done("status")
        assert (status["pending"], status["exported"], status["carried"]) == (0, 0, 0)
        assert kiosk.done("verify")["clean"] is True
    before = hours(centre)
    assert sum(row["records"] for row in before) == 9  # type: ignore[attr-defined] # a list of rows

    # all of it again, by every way
    for number, kiosk in enumerate((wired, alone, remote)):
        name = f"again{number}.rvb"
        kiosk.done("export", str(stick / name), "--all")
        for _ in range(2):
            (reply,) = at_centre(centre, stick, name)
        assert kiosk.done("accept", str(reply))["diverged"] is False
        if kiosk is not wired:
            wired.done("accept", str(stick / name))
    wired.done("sync")
    post_slip(centre, slip["link"])
    assert hours(centre) == before
    verified = centre.command("verify")
    assert (verified.status, verified.data["troubles"]) == (0, [])


def test_revocations_reach_a_kiosk_that_never_has_a_network(
    centre: Centre, enrolled: Enrolled, tmp_path: Path
) -> None:
    centre.start("--no-scheduler")
    kiosk = enrolled("far", "S3")
    badges = tmp_path / "badges"
    assert centre.command("badge", "V1", "--out", str(badges)).status == 0
    picture = str(badges / "V1.png")
    assert kiosk.done("scan", "--image", picture)["state"] == "good"
    assert centre.command("revoke", "badge", "V1", "--reason", "lost").status == 0
    kiosk.done("export", str(tmp_path / "out.rvb"))
    (reply,) = at_centre(centre, tmp_path, "out.rvb")
    done = kiosk.done("accept", str(reply))
    assert done["pages"] >= 1
    assert kiosk.done("scan", "--image", picture)["state"] == "revoked"


def test_a_stick_that_was_pulled_out_is_refused_and_taken_whole_the_next_time(
    centre: Centre, enrolled: Enrolled, tmp_path: Path
) -> None:
    centre.start("--no-scheduler")
    kiosk = enrolled("hasty", "S1")
    work(kiosk)
    file = tmp_path / "hasty.rvb"
    kiosk.done("export", str(file))
    whole = file.read_bytes()
    for cut in (1, 40, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:cut])
        ran = centre.command("accept", str(file))
        assert (ran.status, ran.data[0]["code"]) == (5, "truncated")
    file.write_bytes(whole)
    (reply,) = at_centre(centre, tmp_path, "hasty.rvb")
    reply.write_bytes(reply.read_bytes()[:-1])
    ran = kiosk.command("accept", str(reply))
    assert (ran.status, ran.data["error"]["code"]) == (5, "truncated")
    assert kiosk.done("status")["pending"] == 7
    (reply,) = at_centre(centre, tmp_path, "hasty.rvb")
    assert kiosk.done("accept", str(reply))["proved"] == 7
