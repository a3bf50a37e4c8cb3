"""Findings about a kiosk's log: gaps, forks, silences, and the codes it could not take for a person."""

from collections.abc import Collection, Sequence

from server.reconcile.facts import CodeFact, Finding, Fork, Gap, Reference, Silence
from server.reconcile.minutes import day_of
from server.reconcile.rules.arrival import a2_kiosk, a3
from server.reconcile.rules.clock import c4
from server.reconcile.rules.identity import d1, d2_clusters, d2_code, d2_kiosk, is_bad


def reconcile_log(
    log: str,
    codes: Sequence[CodeFact],
    gaps: Sequence[Gap],
    forks: Sequence[Fork],
    reference: Reference,
    silences: Collection[Silence] = (),
) -> list[Finding]:
    """Give the findings about a log (A2, A3, C4, D1, D2), in canonical order; of what is another log's, nothing."""
    own = sorted({code for code in codes if code.log == log}, key=_in_time)
    bad = [code for code in own if is_bad(code)]
    found = [d2_code(code) if is_bad(code) else d1(code) for code in own]
    found += [a2_kiosk(fork) for fork in set(forks) if fork.log == log]
    found += [a3(gap) for gap in set(gaps) if gap.log == log]
    for silence in set(silences):
        policy = reference.policy(silence.site, day_of(silence.from_ms))
        noted = c4(silence, policy) if silence.log == log else None
        found += [noted] if noted else []
    if bad:
        policy = reference.policy(bad[0].site, day_of(bad[0].at_ms))
        found += [d2_kiosk(cluster) for cluster in d2_clusters(bad, policy)]
    return sorted(found)


def _in_time(code: CodeFact) -> tuple[int, int, bytes]:
    return code.at_ms, code.seq, code.hash
