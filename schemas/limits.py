"""Every bound on data that crosses the wire, named with its unit. `docs/limits.md` lists them; a test compares."""

ENTRY_BYTES_MAX = 2_048
"""One entry, as encoded."""

ENTRY_DEPTH_MAX = 4
"""Arrays within arrays in one entry."""

BATCH_ENTRIES_MAX = 1_000
"""Entries in one batch."""

BATCH_WIRE_BYTES_MAX = 524_288
"""One batch as it comes over the wire, compressed."""

BATCH_INFLATED_BYTES_MAX = 2_097_152
"""One batch after inflating; reading stops there, whatever the stream would still give."""

BATCH_CUT_BYTES = 491_520
"""A kiosk closes a batch before its entries exceed this: so much below `BATCH_WIRE_BYTES_MAX` that it passes even where
nothing can be compressed (sealed codes)."""

ENVELOPE_BYTES_MAX = 16_384
"""A hello, an enrolment, a request for the view: anything with a fixed set of fields."""

REPLY_BYTES_MAX = 67_108_864
"""A server's reply that a kiosk is willing to read; the largest is the view of a site's kiosk."""

RANGES_MAX = 1_000
"""Held ranges named in one hello reply."""

CODE_BYTES_MAX = 512
"""What is kept of a code that is not a badge; the keyed hash is over the whole."""

CODE_TEXT_MAX = 4_296
"""Characters of one scanned code: what the largest QR code holds."""

IMAGE_BYTES_MAX = 33_554_432
"""A picture given to a scan."""

IMAGE_PIXELS_MAX = 50_000_000
"""A picture after decoding."""

BADGE_BYTES_MAX = 120
"""A badge before Base45, so that it fits QR version 8 at level M."""

NUMBER_CHARS_MAX = 20
"""A volunteer number, or any other code of reference data."""

SEALED_BYTES_MAX = 1_024
"""Something sealed to the centre, within an entry."""

SAFE_INTEGER_MAX = 2**53 - 1
"""Integers are kept where every language reads them exactly (IEEE 754 doubles)."""

SERIAL_MAX = 65_535
"""The highest badge serial of one volunteer: two bytes within a badge."""

LOGS_UNKNOWN_MAX = 10_000
"""Logs that nobody enrolled and whose entries are kept all the same."""

ENTRIES_UNKNOWN_MAX = 20_000
"""Entries kept of one log that nobody enrolled."""

SET_ASIDE_MAX = 10_000
"""Batches set aside and kept raw; beyond it they are refused with `try_later`, never dropped."""
