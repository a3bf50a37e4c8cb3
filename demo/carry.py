"""How records travel in files: one kiosk goes by stick, and later all of them bring everything once more."""

from demo.cast import FIRST
from demo.stage import Stage


def go_by_stick(stage: Stage) -> None:
    """Carry the first kiosk's records to the centre on a stick, and the receipts back. There is no network anywhere."""
    stage.hands.move_to("2026-08-16T07:00")
    stick = stage.home / "stick"
    stick.mkdir()
    file = stick / f"{FIRST}.rvb"
    with stage.tell.waiting("U 盘…"):
        exported = stage.programs.kiosk(FIRST, "export", str(file))
        taken = stage.programs.server("accept", str(file)).rows()[0]
        proved = stage.programs.kiosk(FIRST, "accept", str(taken["reply"]))
        left = stage.programs.kiosk(FIRST, "status").number("pending")
        hours = stage.programs.server("hours").rows()
    stage.tally.by_stick = len(hours)
    stage.tell.done(
        f"7:00 {FIRST} 用 U 盘送出 {exported.number('entries')} 条，带回 {proved.number('proved')} 条的收据，"
        f"待传 {left} 条",
        f"{FIRST} goes by stick: {exported.number('entries')} entries out, receipts back, {left} pending",
    )
    stage.tell.note(
        f"中心先知道了 {len(hours)} 人的时长，其余还在路上",
        f"the centre knows the hours of {len(hours)} people; the others are still on their way",
    )


def carry_all_again(stage: Stage) -> None:
    """Bring everything that every kiosk ever recorded once more, last first: nothing of it may be new."""
    folder = stage.home / "again"
    folder.mkdir()
    kiosks = stage.kiosks[::-1]
    files = [str(folder / f"{kiosk}.rvb") for kiosk in kiosks]
    with stage.tell.waiting("全部再送一遍…"):
        for kiosk, file in zip(kiosks, files, strict=True):
            stage.programs.kiosk(kiosk, "export", "--all", file)
        taken = stage.programs.server("accept", *files).rows()
    bundles = [bundle for of in taken for bundle in _bundles(of["bundles"])]
    stage.tally.again = sum(bundle["entries"] for bundle in bundles)
    stage.tally.again_new = sum(bundle["fresh"] for bundle in bundles)
    stage.tell.done(
        f"全部记录用 U 盘倒着再送一遍：{stage.tally.again} 条，其中新的 {stage.tally.again_new} 条",
        f"everything once more, last first, by stick: {stage.tally.again} entries, {stage.tally.again_new} new",
    )


def _bundles(value: object) -> list[dict[str, int]]:
    return value if isinstance(value, list) else []
