"""Family D: who it was. Expiry and revocation are judged here, on corrected time, not by the kiosk's clock."""

from collections.abc import Sequence

from schemas.vocabulary import CodeState, How
from server.reconcile.facts import CodeFact, Finding, Revocation, ScanFact
from server.reconcile.policy import Policy
from server.reconcile.rules.catalogue import Case, on_kiosk, on_record, on_scan

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
    """Hold a record with an end by an expired badge."""
    expired = [scan for scan in case.ends if is_expired(scan)]
    if not expired:
        return None
    return on_record("D2", case, entries=expired, expires_s=min(scan.expires_s for scan in expired))


def d2_scan(who: str, scan: ScanFact) -> Finding | None:
    """Hold an unpaired out by an expired badge."""
    return on_scan("D2", who, scan, expires_s=scan.expires_s) if is_expired(scan) else None


def is_expired(scan: ScanFact) -> bool:
    """Tell whether the badge had expired at corrected time. expires_s of 0: it does not expire."""
    return scan.expires_s > 0 and scan.at_ms > scan.expires_s * 1000


def is_revoked(scan: ScanFact, revocations: Sequence[Revocation]) -> bool:
    """Tell whether the badge was revoked before the scan (D3). A typed number presents no badge."""
    return scan.how != How.TYPED and any(
        scan.serial <= revoked.serial and scan.at_ms >= revoked.from_ms for revoked in revocations
    )


def d3_record(case: Case) -> Finding | None:
    """Hold a record with an end by a revoked badge."""
    revoked = [scan for scan in case.ends if scan.apart == "D3"]
    if not revoked:
        return None
    return on_record("D3", case, entries=revoked, serial=max(scan.serial for scan in revoked))


def d3_scan(who: str, scan: ScanFact) -> Finding | None:
    """Hold an unpaired out by a revoked badge."""
    return on_scan("D3", who, scan, serial=scan.serial) if scan.apart == "D3" else None
