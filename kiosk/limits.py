"""Every bound of the kiosk itself, named with its unit. `docs/limits.md` lists them; a test compares."""

UNDO_MS_MAX = 10_000
"""How long after a scan anybody may take it back (RULES, Void)."""

SCREEN_BODY_BYTES_MAX = 65_536
"""What the screen may send at a time."""

SCREEN_THREADS = 4
"""Requests of the screen that are answered at once; each thread keeps the store open."""

SEARCH_ROWS_MAX = 12
"""Numbers of the roster that a search shows."""

DUTY_SHOWN_MAX = 200
"""Numbers on duty that the screen is told; the count is always whole."""

RESERVE_BYTES = 5_000_000
"""The file that a kiosk gives up when the disk is full, so that the last scans are recorded still."""

RESERVE_FREE_BYTES_MIN = 1_000_000
"""Free space below which it is given up before the next entry."""

SYNC_SOON_MS = 60_000
"""How long after a sync the next one begins while entries wait."""

SYNC_IDLE_MS = 900_000
"""How long after a sync the next one begins while nothing waits: for keys, revocations, and the time."""

SYNC_RUN_S_MAX = 3_600
"""How long one sync in the background may run before it is ended; what it proved stays, the next goes on."""

RETRY_AFTER_MS_MAX = 86_400_000
"""The longest wait that a server may ask for."""

WORKER_LOOK_S = 1.0
"""How often the background looks whether a sync is due."""

OWN_BUNDLES_MAX = 32
"""Bundles of its own that a kiosk writes into one file: some four million entries."""

FRONTIER_AGAIN_MS = 60_000
"""How long after a frontier an export says none anew."""

CARRIED_PARTS_MAX = 64
"""Bundles and replies that a kiosk carries for others."""

SLIP_LOOK_ENTRIES = 1_000
"""Entries looked through, from the last one back, for a scan to show as a slip."""

CARRIED_BYTES_MAX = 268_435_456
"""What these may take on the kiosk's disk, all together."""

NEIGHBOURS_MAX = 16
"""Addresses of neighbours that a lead may type, and neighbours that are called in one round."""

NEIGHBOUR_AGAIN_MS = 60_000
"""How long after a round the next one begins by itself while anything waits."""

NEIGHBOUR_STAGED_LARGE_BYTES = 1_048_576
"""What lies ready for neighbours and is larger is made anew only as often as an idle kiosk syncs."""

NEIGHBOUR_VISIT_PARTS_MAX = 32
"""Bundles and replies given to one neighbour, and taken from it, in one round."""

NEIGHBOUR_CALL_S_MAX = 60
"""One call to a neighbour, from its first byte to the last."""

NEIGHBOUR_CONNECTIONS_MAX = 8
"""Connections of neighbours that are answered at once; further ones are closed."""

NEIGHBOUR_CONNECTIONS_OF_ONE = 3
"""The same, from one address."""

NEIGHBOUR_REQUESTS_MAX = 240
"""Requests from one address in a minute; further connections are closed."""

NEIGHBOUR_SOURCES_MAX = 256
"""Addresses whose requests are counted; while so many knocked within a minute, no further one is answered."""

NEIGHBOUR_IDLE_S = 10
"""How long a neighbour's connection may be silent."""

NEIGHBOUR_TALKS_MAX = 64
"""Talks with neighbours that are remembered at once."""

NEIGHBOUR_TALKS_OF_ONE = 4
"""The same, of one address: the newest."""

NEIGHBOUR_TALK_MS_MAX = 300_000
"""How long after its beginning a talk is over."""

NEIGHBOUR_BUNDLES_OF_ONE = 4
"""Bundles of one log that are kept for a neighbour; those that reach farthest stay."""

NEIGHBOUR_PARTS_MAX = 48
"""Bundles and replies kept, beyond which nothing more is taken from neighbours: the rest is for sticks."""

NEIGHBOUR_BYTES_MAX = 201_326_592
"""The same, in bytes."""

NEIGHBOUR_FREE_BYTES_MIN = 200_000_000
"""Free space below which nothing is kept for neighbours."""

RELAY_AGAIN_MS = 30_000
"""How long after it handed a neighbour's hello on a kiosk hands the next one of the same log on."""

RELAY_BYTES_MAX = 262_144
"""What the centre may answer to a hello that is handed on."""

RETURNED_MAX = 8
"""Replies for this kiosk that a neighbour brought and that wait to be read."""

DIGESTS_KEPT_MAX = 256
"""Parts that are remembered as done with, so that nobody brings them again."""

LEAD_PIN_CHARS_MIN = 6
"""Characters of a lead's PIN, at least."""

LEAD_PIN_CHARS_MAX = 64
"""Characters of a lead's PIN, at most."""

LEAD_TRIES = 5
"""Wrong PINs before the next try has to wait."""

LEAD_WAIT_MS = 300_000
"""The first wait; each wrong PIN after it doubles it."""

LEAD_WAIT_MS_MAX = 3_600_000
"""The longest wait."""

LEAD_IDLE_MS = 180_000
"""How long after the last thing that a lead did the screen goes back by itself."""

LEADS_MAX = 40
"""Leads of one kiosk."""

CALL_NAME_MS_MAX = 50_400_000
"""How long a walk-in's call name stays on the kiosk, at most: 14 hours."""

WALK_INS_SHOWN_MAX = 200
"""Walk-ins that the screen lists."""

PAPER_ROWS_MAX = 30
"""Rows of a paper sheet that are entered at a time."""

STATED_BACK_MS_MAX = 2_678_400_000
"""How long ago a lead may state that somebody came or left: 31 days."""

STATED_AHEAD_MS_MAX = 60_000
"""How far ahead of the clock such a time may be: the minute that is running."""

HEADS_MAX = 10_000
"""Heads counted at a hand-over."""

GEAR_COUNT_MAX = 1_000
"""Pieces handed out or returned at a time."""

GEAR_ITEM_CHARS_MAX = 40
"""Characters of the name of a piece of gear."""

GEAR_ROWS_MAX = 500
"""Rows of who still has what that are shown."""

DUTY_CARD_CHARS_MAX = 600
"""Characters of each part of a duty card."""

JOURNAL_ROWS = 50
"""Rows of a page of the log of everything done."""

JOURNAL_LOOK_ENTRIES = 5_000
"""Entries looked through for one such page."""

MEDIA_MAX = 20
"""Sticks and disks that are offered for an export."""

MEDIA_FILES_MAX = 100
"""Bundle files of a stick that are listed."""

FORGOT_BACK_MS_MAX = 604_800_000
"""How far back those who forgot to sign out are listed: seven days."""

FORGOT_SHOWN_MAX = 100
"""Those who forgot to sign out that are listed."""

SLIP_SHOWN_MS_MAX = 600_000
"""How long after a scan the screen shows its slip."""

ASIDE_SHOWN_MAX = 50
"""Batches set aside that the screen lists."""

PEOPLE_OPENED_MAX = 50_000
"""People of the site whose names are opened for a lead, at most."""

NAMES_AWAITED_MS_MAX = 600_000
"""How long after names were asked for the background goes on syncing every minute until they come."""
