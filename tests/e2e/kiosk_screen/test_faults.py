"""What breaks at a site, for real: power, disk, files, camera, windows. Nothing answered is lost, and the screen says so."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.reserve import RESERVE_FILE
from tests.e2e.kiosk_screen.conftest import CAMERA_BADGE, MakeKiosk
from tests.e2e.kiosk_screen.screen import Screen, on_duty, wedge, window
from tests.e2e.processes import run, wait_until
from tests.kiosk.fakes import FakeServer


def recorded(page: Page, who: str) -> None:
    """Wait until the screen confirms somebody."""
    expect(page.locator("#answer .who")).to_have_text(who)
    expect(page.locator("#answer")).to_have_attribute("data-kind", "in")


def numbers_in(home: Path) -> set[str]:
    """Give who is on duty by a process of its own, after checking the whole store."""
    settings = {"REDVEST_KIOSK_HOME": home, "REDVEST_LOG_LEVEL": "ERROR"}
    assert run("kiosk", settings, "verify").data["clean"] is True
    return set(run("kiosk", settings, "status").data["open_numbers"])


def test_a_kiosk_killed_amid_scans_loses_nothing_and_the_screen_recovers(
    browser: Browser, make_kiosk: MakeKiosk, centre: FakeServer
) -> None:
    screen = make_kiosk("killed").start()
    with window(browser, screen, calm=False) as page:
        on_duty(page)
        confirmed = []
        for number in range(3):
            wedge(page, centre.print_badge(f"K{number}"))
            recorded(page, f"K{number}")
            confirmed.append(f"K{number}")
            screen.kill()
            wedge(page, centre.print_badge(f"K{number}x"))
            expect(page.locator("#answer .word")).to_contain_text("正在重试")
            screen.start()
            recorded(page, f"K{number}x")
            confirmed.append(f"K{number}x")
        expect(page.locator('[data-code="down"]')).to_have_count(0)
        expect(page.locator("#duty li")).to_have_count(6)
    screen.kill()
    assert numbers_in(screen.home) == set(confirmed)


def test_a_closed_window_and_a_second_one_go_on_where_the_first_was(
    browser: Browser, make_kiosk: MakeKiosk, centre: FakeServer
) -> None:
    screen = make_kiosk("windows").start()
    with window(browser, screen) as page:
        on_duty(page)
        wedge(page, centre.print_badge("T1"))
        recorded(page, "T1")
        second = page.context.new_page()
        second.goto(screen.url)
        on_duty(second)
        expect(second.locator("#camera-words")).to_contain_text("另一个窗口正在用摄像头")
        wedge(second, centre.print_badge("T2"))
        recorded(second, "T2")
        expect(page.locator("#duty li")).to_have_count(2)
        page.close()
        expect(second.locator("#video")).to_be_visible()
    assert numbers_in(screen.home) == {"T1", "T2"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, with room for a reserve."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", disk]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a disk")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def fill_up(file: Path) -> None:
    """Leave no byte free on the disk of this file."""
    with file.open("wb", buffering=0) as out, pytest.raises(OSError, match="space"):
        while True:
            out.write(bytes(4096))


def test_a_full_disk_is_said_the_reserve_is_used_and_nothing_before_it_is_lost(
    browser: Browser, make_kiosk: MakeKiosk, centre: FakeServer, small_disk: Path
) -> None:
    screen = make_kiosk("full")
    screen.home = Path(shutil.move(screen.home, small_disk / "home"))
    screen.start()
    with window(browser, screen, calm=False) as page:
        on_duty(page)
        wedge(page, centre.print_badge("D1"))
        recorded(page, "D1")
        expect(page.locator('[data-code="disk_low"]')).to_be_visible()
        wait_until(lambda: (screen.home / RESERVE_FILE).exists())
        fill_up(small_disk / "filler")
        wedge(page, centre.print_badge("D2"))
        recorded(page, "D2")
        used = page.locator('[data-code="disk_full"][data-level="red"]')
        expect(used).to_contain_text("最后的备用空间已经用上")
        fill_up(small_disk / "more")
        for number in range(40):  # what is left within the files is used up first
            wedge(page, centre.print_badge(f"F{number}"))
            expect(page.locator("#answer .word")).to_be_visible()
            if page.locator("#answer").get_attribute("data-kind") == "problem":
                break
            page.keyboard.press("Escape")
        expect(page.locator("#answer")).to_have_attribute("data-kind", "problem")
        expect(page.locator("#answer .hint")).to_contain_text("磁盘已满，这次没有记录")
        before = page.evaluate("fetch('/api/state').then(r => r.json()).then(s => s.duty.people.map(p => p.who))")  # fmt: skip
        (small_disk / "filler").unlink()
        (small_disk / "more").unlink()
        wedge(page, centre.print_badge("D3"))
        recorded(page, "D3")
        expect(used).to_have_count(0)
    screen.kill()
    assert numbers_in(screen.home) == {*before, "D3"}


def test_a_disk_that_became_read_only_is_said_and_recovers(
    browser: Browser, make_kiosk: MakeKiosk, centre: FakeServer, small_disk: Path
) -> None:
    screen = make_kiosk("read-only")
    screen.home = Path(shutil.move(screen.home, small_disk / "home"))
    copy = small_disk / "mounted"
    copy.mkdir()
    subprocess.run(["mount", "--bind", screen.home, copy], check=True)
    screen.home = copy
    subprocess.run(["mount", "-o", "remount,ro,bind", copy], check=True)
    try:
        screen.start()
        with window(browser, screen, calm=False) as page:
            expect(page.locator("#stopped")).to_contain_text("现在不能签到")
            subprocess.run(["mount", "-o", "remount,rw,bind", copy], check=True)
            expect(page.locator("#stopped")).to_be_hidden()
            on_duty(page)
            wedge(page, centre.print_badge("D3"))
            recorded(page, "D3")
        screen.kill()
    finally:
        subprocess.run(["umount", "-l", copy], check=True)
    assert numbers_in(small_disk / "home") == {"D3"}


def test_a_damaged_store_is_said_and_the_put_back_one_is_taken(
    browser: Browser, make_kiosk: MakeKiosk, centre: FakeServer
) -> None:
    screen = make_kiosk("damaged")
    store, kept = screen.home / "kiosk.db", screen.home / "kept"
    shutil.copy(store, kept)
    store.write_bytes(os.urandom(50_000))
    screen.start()
    with window(browser, screen, calm=False) as page:
        expect(page.locator("#stopped")).to_contain_text("不要删除任何文件")
        kept.replace(store)
        expect(page.locator("#stopped")).to_be_hidden()
        on_duty(page)
        wedge(page, centre.print_badge("D4"))
        recorded(page, "D4")
    screen.kill()
    assert numbers_in(screen.home) == {"D4"}


CAMERA = {
    "NotAllowedError": "不允许用摄像头",
    "NotFoundError": "没有找到摄像头",
    "NotReadableError": "被别的程序占用",
}


@pytest.mark.parametrize("error", CAMERA)
def test_each_trouble_of_the_camera_has_its_words_and_scanning_goes_on(
    browser: Browser, screen: Screen, centre: FakeServer, error: str
) -> None:
    with window(browser, screen) as page:
        page.evaluate(
            """(name) => {
              const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
              window.mend = () => { navigator.mediaDevices.getUserMedia = real; };
              navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', name));
            }""",
            error,
        )
        on_duty(page)
        expect(page.locator("#camera-words")).to_contain_text(CAMERA[error])
        expect(page.locator('[data-code="camera"]')).to_be_visible()
        wedge(page, centre.print_badge(f"C{error}"))
        recorded(page, f"C{error}")
        page.keyboard.press("Escape")
        page.evaluate("window.mend()")
        page.locator('[data-way="camera.retry"]').click()
        expect(page.locator("#video")).to_be_visible()
        expect(page.locator('[data-code="camera"]')).to_have_count(0)


def test_a_camera_that_is_unplugged_is_said_and_comes_back(
    badge_browser: Browser, make_kiosk: MakeKiosk
) -> None:
    screen = make_kiosk("unplugged").start()
    with window(badge_browser, screen) as page:
        on_duty(page)
        recorded(page, CAMERA_BADGE)
        page.evaluate(
            """() => {
              const [track] = document.getElementById('video').srcObject.getTracks();
              track.stop();
              track.dispatchEvent(new Event('ended'));
            }"""
        )
        expect(page.locator("#camera-words")).to_contain_text("摄像头断开了")
        expect(page.locator("#video")).to_be_visible()


def test_a_new_kiosk_is_enrolled_from_its_screen(
    browser: Browser, centre: FakeServer, tmp_path: Path
) -> None:
    screen = Screen(tmp_path / "new").start()
    try:
        with window(browser, screen, calm=False) as page:
            page.get_by_label("服务器地址").fill(centre.url)
            page.get_by_label("登记码").fill("AAAAA")
            page.get_by_role("button", name="登记", exact=True).click()
            expect(page.locator(".result")).to_contain_text("登记码不对")
            page.get_by_label("登记码").fill(centre.code().lower())
            page.get_by_role("button", name="登记", exact=True).click()
            expect(page.locator("#start-place")).to_contain_text("东门卡口")
            on_duty(page)
            wedge(page, centre.print_badge("N1"))
            recorded(page, "N1")
            page.keyboard.press("Escape")
            page.locator("#sync").click()
            expect(page.locator(".result")).to_contain_text("待上传 0 条")
        status = run("kiosk", {"REDVEST_KIOSK_HOME": screen.home}, "status").data
        wait_until(lambda: len(centre.entries(status["log"])) >= status["head"])
    finally:
        screen.kill()
