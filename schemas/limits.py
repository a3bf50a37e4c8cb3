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

WHY_CHARS_MAX = 300
"""Characters of the reason of a decision."""

DECISION_INTERVALS_MAX = 24
"""Intervals that one decision settles."""

DECISION_OTHERS_MAX = 6
"""Other records that one decision names."""

COVER_RANGES_MAX = 20
"""Ranges of logs in one `cover` entry."""

LISTED_ROWS_MAX = 40
"""People in one `listed` entry."""

CERTIFICATE_BYTES_MAX = 512
"""What a certificate's QR code says, before Base45."""

ISSUER_CHARS_MAX = 60
"""Characters of the body that recorded what a certificate certifies."""

MASKED_CHARS_MAX = 20
"""Characters of a masked name or number in a certificate's code."""

LOGS_UNKNOWN_MAX = 10_000
"""Logs that nobody enrolled and whose entries are kept all the same."""

ENTRIES_UNKNOWN_MAX = 20_000
"""Entries kept of one log that nobody enrolled."""

SET_ASIDE_MAX = 10_000
"""Batches set aside and kept raw; beyond it they are refused with `try_later`, never dropped."""

BUNDLE_BYTES_MAX = 16_777_216
"""One bundle, from its header to its end, sealed."""

BUNDLE_CUT_BYTES = 12_582_912
"""A kiosk closes a bundle before its entries exceed this, and begins another: so much below `BUNDLE_BYTES_MAX` that it passes
even where nothing can be compressed."""

BUNDLE_BATCHES_MAX = 1_000
"""Batches in one bundle; also the runs that its header names, and the receipts of its reply."""

BUNDLE_HEADER_BYTES_MAX = 65_536
"""The clear header of a bundle."""

BUNDLE_PARTS_MAX = 128
"""Bundles and replies in one bundle file."""

BUNDLE_FILE_BYTES_MAX = 2_147_483_648
"""One bundle file: sticks with FAT32 take twice as much."""

BUNDLE_POST_BYTES_MAX = 16_778_240
"""A bundle file that is posted: one bundle, and what encloses it."""

REPLY_HEAD_BYTES_MAX = 1_048_576
"""The clear part of a reply: receipts, and what was set aside."""

REPLY_PAGES_MAX = 4_096
"""Sealed pages of one reply."""

BUNDLE_WORDS_BYTES_MAX = 16_384
"""Earlier words of the server that a bundle shows, before they are sealed."""

BUNDLE_DEPOSITS_MAX = 1_000
"""Deposits that one bundle gives back."""

BUNDLE_DEPOSITS_BYTES = 2_097_152
"""A kiosk puts no more deposits into a bundle than this, in bytes; the rest goes with its next export."""

CURSOR_CHARS_MAX = 2_000
"""What a bundle says of how far its kiosk's view has come."""

SLIP_BYTES_MAX = 2_304
"""A slip before Base64: one entry, its place in the chain, key and signature."""

NEIGHBOUR_ENVELOPE_BYTES_MAX = 65_536
"""What two kiosks of a local network say to each other beside the parts themselves: one request or answer."""

NEIGHBOUR_PARTS_LISTED_MAX = 64
"""Bundles and replies that a kiosk names to a neighbour."""

NEIGHBOUR_KNOWN_MAX = 128
"""Bundles and replies of which a kiosk tells a neighbour that it needs them no more."""

NEIGHBOUR_PLACES_MAX = 32
"""Words of the server about where a log belongs that a kiosk shows a neighbour."""

PARCEL_WIRE_BYTES_MAX = 1_048_576
"""One parcel (a page of a view, say) as it comes over the wire, compressed."""

PARCEL_INFLATED_BYTES_MAX = 4_194_304
"""One parcel after inflating; reading stops there."""

PARCEL_CUT_BYTES = 786_432
"""A server closes a page before its rows exceed this, so that it passes even where nothing can be compressed."""

PARCEL_ROWS_MAX = 20_000
"""Rows of one page, those that left included."""

SNAPSHOT_PARTS_MAX = 1_000
"""Pages of one snapshot."""

PULLS_MAX = 5_000
"""Pages that a kiosk asks for within one conversation and channel."""

MESSAGE_CHARS_MAX = 200
"""Characters of a message to the leads at a site: what a screen shows at a glance."""

HEALTH_WORDS_MAX = 16
"""Figures by which a hello says how its kiosk stands."""

PROOFS_MAX = 4
"""Earlier words of the server that a hello shows."""

DEPOSIT_ENTRIES_MAX = 500
"""Entries of the central log in one deposit."""

DEPOSIT_CUT_BYTES = 49_152
"""The central log's entries of one deposit stay below this, in bytes."""

DEPOSITS_BYTES_MAX = 16_777_216
"""Deposits, newest first, that the channel `central` holds, and so each kiosk."""

DEPOSITS_ROWS_MAX = 20_000
"""Deposits that the channel `central` holds."""

CHANNELS_MAX = 16
"""Channels of the change feed that one kiosk follows."""

DEMO_CLOCK_CHARS_MAX = 16_384
"""The clock file of a demo."""

DEMO_DEVICES_MAX = 64
"""Devices with a clock of their own in a demo."""
