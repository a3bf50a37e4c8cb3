"""Family D: who it was. Expiry and revocation are judged here, on corrected time, not by the kiosk's clock."""

from collections.abc import Sequence

from schemas.vocabulary import CodeState, How
from server.reconcile.facts import CodeFact, Finding, Reference, Revocation, ScanFact
from server.reconcile.order import is_stated
from server.reconcile.policy import Policy
from server.reconcile.rules.case import Case, on_kiosk, on_record, on_scan

_BAD = frozenset({CodeState.BAD_SIGNATURE, CodeState.UNKNOWN_KEY})


def is_bad(code: CodeFact) -> bool:
    """Tell a badge that is not ours (D2) from a code that is no badge (D1)."""
    return code.state in _BAD


def d1(code: CodeFact) -> Finding:
    """Note an unreadable or unknown code."""
    return on_kiosk(
        "D1", code.log, code.site, {"state": code.state}, on="code", entries=[code.hash]
    )


def d2_code(code: CodeFact) -> Finding:
    """Note a bad signature or an unknown key."""
    return on_kiosk(
        "D2", code.log, code.site, {"state": code.state}, on="code", entries=[code.hash]
    )


def d2_kiosk(cluster: Sequence[CodeFact]) -> Finding:
    """Raise an alarm on a kiosk for a cluster of bad codes; it names the first of them and how many they are."""
    first, last = cluster[0], cluster[-1]
    figures = {"count": len(cluster), "first_ms": first.at_ms, "last_ms": last.at_ms}
    return on_kiosk("D2", first.log, first.site, figures, entries=[first.hash, last.hash])


def d2_clusters(bad: Sequence[CodeFact], policy: Policy) -> list[Sequence[CodeFact]]:
    """Cut out of bad codes, in order of time, the maximal groups in which each is one of so many within so long (D2)."""
    many = policy.bad_codes_count
    windows = [
        (start, start + many)
        for start in range(len(bad) - many + 1)
        if bad[start + many - 1].at_ms - bad[start].at_ms <= policy.bad_codes_ms
    ]
    groups: list[tuple[int, int]] = []
    for start, stop in windows:
        if groups and start < groups[-1][1]:
            groups[-1] = (groups[-1][0], stop)
        else:
            groups.append((start, stop))
    return [bad[start:stop] for start, stop in groups]


def d2_record(case: Case) -> Finding | None:
    """Hold a record with an end by an expired badge, or by a pass that was not fresh."""
    bad = [scan for scan in case.ends if is_expired(scan) or is_stale(scan, case.policy)]
    if not bad:
        return None
    expired = [scan.expires_s for scan in bad if is_expired(scan)]
    figures: dict[str, int] = {"expires_s": min(expired)} if expired else {}
    stale = [off_ms(scan) for scan in bad if is_stale(scan, case.policy)]
    if stale:
        figures["pass_off_ms"] = max(stale, key=abs)
    return on_record("D2", case, entries=bad, **figures)


def d2_scan(who: str, scan: ScanFact, policy: Policy) -> Finding | None:
    """Hold an unpaired out by such a badge or pass."""
    if is_expired(scan):
        return on_scan("D2", who, scan, expires_s=scan.expires_s)
    return on_scan("D2", who, scan, pass_off_ms=off_ms(scan)) if is_stale(scan, policy) else None


def is_expired(scan: ScanFact) -> bool:
    """Tell whether the badge had expired at corrected time. expires_s of 0: it does not expire."""
    return scan.expires_s > 0 and scan.at_ms > scan.expires_s * 1000


def off_ms(scan: ScanFact) -> int:
    """Give corrected time minus the time on the pass, 0 without one."""
    return scan.at_ms - scan.more.phone_ms if scan.more and scan.more.phone_ms else 0


def is_stale(scan: ScanFact, policy: Policy) -> bool:
    """Tell whether a pass was not fresh at corrected time, beyond what is uncertain about it."""
    return abs(off_ms(scan)) > policy.pass_fresh_ms + scan.within_ms


def is_revoked(scan: ScanFact, revocations: Sequence[Revocation]) -> bool:
    """Tell whether the badge was revoked before the scan (D3). A number that was typed or attested presents no badge."""
    return (
        scan.how != How.TYPED
        and not is_stated(scan)
        and any(
            scan.serial <= revoked.serial and scan.at_ms >= revoked.from_ms
            for revoked in revocations
        )
    )


def is_withdrawn(scan: ScanFact, reference: Reference) -> bool:
    """Tell whether the key that signed the badge was withdrawn before the scan (D3): strangers may have it."""
    if scan.more is None or not scan.more.key:
        return False
    since_ms = reference.withdrawn(scan.more.key)
    return since_ms is not None and scan.at_ms >= since_ms


def d3_record(case: Case) -> Finding | None:
    """Hold a record with an end by a revoked badge."""
    revoked = [scan for scan in case.ends if scan.apart == "D3"]
    if not revoked:
        return None
    return on_record("D3", case, entries=revoked, serial=max(scan.serial for scan in revoked))


def d3_scan(who: str, scan: ScanFact, _policy: Policy) -> Finding | None:
    """Hold an unpaired out by a revoked badge."""
    return on_scan("D3", who, scan, serial=scan.serial) if scan.apart == "D3" else None


def d4(case: Case) -> Finding | None:
    """Hold a record of a walk-in whom nobody has matched with a volunteer yet."""
    return on_record("D4", case) if case.provisional else None
