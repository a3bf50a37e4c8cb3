"""Runs: work that takes longer than anybody waits for an answer: a team's certificates, large reports, bulletins, exports.

Law: a run is a row. It is worked on a slice at a time, by one process altogether; what a slice did is written down before the
next begins, so that a run that was killed goes on where it stopped and does nothing twice. Every slice looks first whether who
asked may still have it (I9). Asking, stopping and fetching are whose it is alone.
"""
