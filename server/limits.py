"""Every bound on what staff hand to the server, named with its unit. `docs/limits.md` lists them; a test compares."""

IMPORT_FILE_BYTES_MAX = 2_147_483_648
"""A file to import."""

UPLOAD_BYTES_MAX = 268_435_456
"""A file to import that comes by a page; a larger one is imported by the command."""

UPLOADS_MAX = 40
"""Files that came by a page and wait to be imported or dropped."""

UPLOADS_OWN_MAX = 10
"""Files of one account among them: nobody fills the places of others."""

UPLOAD_TRIES_MAX = 5
"""How often work on such a file may break off before it is given up, so that the others get their turn."""

UPLOAD_CHANGES_LISTED_MAX = 100
"""Changes that the preview of an import shows, with before and after."""

UPLOAD_KEPT_MS = 604_800_000
"""How long a file that nobody imported, and the report of one that was, are kept."""

IMPORT_ROWS_MAX = 5_000_000
"""Rows of one import. Some 150 bytes of memory a row are needed to notice the same key twice."""

IMPORT_COLUMNS_MAX = 100
"""Columns of a file to import, unknown ones included."""

IMPORT_CELL_CHARS_MAX = 400
"""Characters of one cell."""

IMPORT_ROW_BYTES_MAX = 65_536
"""One row, however many lines it has; a quote that nobody closed ends there."""

IMPORT_LIST_ITEMS_MAX = 50
"""Items of a list within a cell."""

IMPORT_ERRORS_LISTED_MAX = 1_000
"""Errors that an import names one by one; all are counted."""

IMPORT_REREADS_MAX = 1_000
"""How often an import goes back to the line after an unclosed quote, to lose one row and not those that it swallowed."""

IMPORT_CHUNK_ROWS = 5_000
"""Rows that an import compares and writes at a time."""

IMPORT_SPOOL_BYTES = 33_554_432
"""Checked rows kept in memory before they are put on disk."""

WORDS_STAGED_MAX = 2_000_000
"""Words of volunteers that wait during an import to be written in one sorted pass: of some 300,000 people."""

XLSX_BYTES_MAX = 268_435_456
"""An XLSX file after inflating, all parts together."""

XLSX_STRINGS_BYTES_MAX = 134_217_728
"""The part of an XLSX file with the shared texts, after inflating: it is held in memory."""

XLSX_PART_BYTES_MAX = 33_554_432
"""Any part of an XLSX file that is neither a sheet nor the shared texts, after inflating."""

XLSX_ROWS_MAX = 1_048_576
"""Rows of a sheet, as spreadsheets have them."""

XLSX_PARTS_MAX = 1_000
"""Files within an XLSX file."""

REGION_DEPTH_MAX = 16
"""Regions above a site that may bring a policy; also where a circle of parents ends."""

SEARCH_CHARS_MAX = 80
"""Characters of what somebody types to find people."""

BADGES_OF_A_PAGE_MAX = 500
"""Badges that a page prints at once; more are printed by the command."""

WALK_IN_STRETCHES_MAX = 8
"""How many times so many walk-ins are looked through for a page of those at one's own sites; then the page leads on."""

WALK_INS_LOOKED_AT_MAX = 5_000
"""Walk-ins whom nobody matched and who are looked at for one page."""

WALK_IN_CANDIDATES_MAX = 50
"""Volunteers whom a walk-in may be, as a page lists them."""

DUPLICATE_PEOPLE_LOOKED_AT = 1_000
"""People of a part that one page of possible duplicates looks through."""

DUPLICATE_WORDS_LOOKED_AT = 20_000
"""Phones, or names, that one page of possible duplicates looks through."""

VERSIONS_LISTED_MAX = 500
"""Versions of one thing that its page shows, from the newest."""

ROW_NUMBER_MAX = 2**31 - 1
"""The largest number of a row that an address may name: every database can look for it."""

LIST_ROWS = 50
"""Rows of a page of a list."""

PARTS_KEPT_MAX = 1_000
"""Parts of the tree that a process remembers, so that they need not be spread out at every request."""

BADGE_VERSION_MAX = 8
"""The largest QR version of a badge: what cheap scanners read from a card."""

PRINTED_LISTED_MAX = 10_000
"""Badges that a print names one by one; all are counted."""

FONT_BYTES_MAX = 33_554_432
"""One font file, as the package brings it."""

SHEET_BADGES_MAX = 10_000
"""Badges in one PDF, which is held in memory until it is whole; the rest goes into further files, numbered from 2."""

SHEET_PAGES_MAX = 300
"""Pages of one PDF of sheets; the rest goes into further files, numbered from 2."""

SHEET_PEOPLE_MAX = 10_000
"""Rows for people in one print of sheets."""

SHEET_POSTS_MAX = 2_000
"""Posts that one print makes signs of."""

SERVER_ADDRESS_CHARS_MAX = 200
"""The address that an enrolment sheet tells kiosks."""

ENROLMENT_SITES_MAX = 1_000
"""Sites for which one print makes enrolment codes."""

DUTY_CARDS_BYTES_MAX = 8_388_608
"""A file of duty cards for signs."""

DUTY_CARD_CHARS_MAX = 600
"""Characters of each part of a duty card, as kiosks hold it."""

NAMES_LISTED_MAX = 100
"""People that a refusal to print names one by one; all are counted."""

REISSUE_AGAIN_MS = 600_000
"""A re-issue repeated within this time prints the new badge again, instead of replacing it, too."""

BADGE_KEYS_MAX = 16
"""Keys that verify badges at one time: every kiosk holds them all."""

KEY_TAKEOVER_DAYS_MAX = 90
"""How long ahead a new badge key can be announced before it signs."""

BADGE_YEARS_MAX = 10
"""How long a badge may be good."""

FEED_GONE_MAX = 100_000
"""Rows that left a channel and are remembered; of more the older half is forgotten, and older cursors get a snapshot."""

SNAPSHOT_STALE_ROWS = 5_000
"""Changes of a channel after which its snapshot is prepared anew, for the next kiosk that needs one."""

SITE_PEOPLE_MAX = 5_000
"""People of a site whose names, sealed, and fitness for its posts go to its kiosks."""

FEED_SITES_AT_A_TIME = 10
"""Sites whose people are looked at whenever somebody follows the feed; the others wait for the next who does."""

FOLLOWED_AT_A_TIME = 400
"""Pieces in which one run of the job brings the feed up to date: 4,000 sites."""

PLANNED_BACK_DAYS = 7
"""How many days back shifts make somebody one of a site's people."""

PLANNED_AHEAD_DAYS = 14
"""How many days ahead, today included."""

PERSON_NAME_CHARS_MAX = 60
"""Characters of a person's name, and of a team's, that go to kiosks."""

PERSON_WORDS_CHARS_MAX = 400
"""Characters of the words by which a kiosk finds a person."""

SITE_NEEDS_MAX = 12
"""Needs of a site's posts that its kiosks are told; the centre judges all."""

NEED_CHARS_MAX = 60
"""Characters of such a need; a longer one is not told."""

FIT_SPANS_MAX = 3
"""Spans of a need's fulfilment that a kiosk is told, those that end last."""

BACKUP_MANIFEST_BYTES_MAX = 1_048_576
"""The list of what a backup holds."""

BACKUP_FRAME_BYTES_MAX = 2_147_483_647
"""Rows of a backup that are read at a time; the largest are batches that were set aside, 2,000 of them."""

KEY_FILE_BYTES_MAX = 4_096
"""One private key of the server, as a file."""

BULK_DECISIONS_MAX = 5_000
"""Decisions that are made, or taken back, at once."""

CLOSE_ATTEMPTS_MAX = 3
"""How often a close is counted anew because others wrote meanwhile."""

OPEN_DAYS_LISTED_MAX = 31
"""Dates that a close names as not complete."""

SAMPLE_LOGS = 3
"""Logs that are derived again every night, and compared."""

SAMPLE_PEOPLE = 500
"""People who are derived again every night, and compared."""

WORKDAY_FILE_BYTES_MAX = 1_048_576
"""A table of holidays and shifted workdays."""

CORRECTION_WITNESSES_LISTED_MAX = 20
"""People who may have seen it, as a request lists them."""

PAIR_NEIGHBOURS_MAX = 200
"""Others who came within seconds of somebody and are compared with them (E3); of more, E2 has something to say."""

OUT_LISTED_MAX = 20
"""Kiosks that a total names as still out; `completeness` names all."""

COMPLETENESS_DAYS_MAX = 366
"""Local dates that are looked at at once for what is still out."""

EXPORT_ROWS_MAX = 5_000
"""Rows of one file for the official site."""

EXPORT_RECEIPT_FILE_BYTES_MAX = 8_388_608
"""A file of receipts that comes back."""

EXPORT_FILES_LISTED_MAX = 200
"""Files of a month for the official site that the console lists."""

EXPORT_REFUSED_LISTED_MAX = 1_000
"""Refused rows that are listed of one site and month."""

PERIOD_ADJUSTMENTS_SHOWN_MAX = 200
"""Adjustments of a closed month that a page shows, with what they touch; the command lists all."""

STAR_LIST_MAX = 20_000
"""People on one list of stars; the list stands in the central log, forty to an entry."""

STAR_LIST_DAYS_MAX = 366
"""Local dates for which a list of stars is up at most."""

STAR_PREVIEW_PEOPLE_MAX = 50
"""People whom the console shows of a list before it is put up."""

STAR_OBJECTIONS_SHOWN_MAX = 100
"""Objections that the console shows with a list, the newest."""

STAR_EVIDENCE_SHOWN_MAX = 500
"""Postings that the console shows of what somebody's stars rest on, the newest; the command lists all."""

CONSOLE_STARS_PEOPLE_MAX = 200_000
"""Volunteers among whom the console looks for people with stars while somebody waits; the command takes more."""

STAR_LISTS_LISTED_MAX = 1_000
"""Lists of stars that are named at once, the newest."""

REPORT_FILTER_CODES_MAX = 1_000
"""Codes of one kind that a report is narrowed to."""

SIGN_IN_FAILED_MAX = 5
"""Wrong passwords or codes in a row before an account is locked."""

SIGN_IN_LOCKED_MS = 900_000
"""How long it is locked then."""

SESSION_IDLE_MS = 1_800_000
"""How long a session lasts without a request."""

SESSION_MS = 43_200_000
"""How long a session lasts at most."""

STAFF_GRANTS_MAX = 50
"""Roles that one account may have, each over its part."""

PASSWORD_CHARS_MIN = 12
"""The shortest password."""

PASSWORD_CHARS_MAX = 128
"""The longest password: hashing takes time by length."""

AUDIT_ABOUT_CHARS = 400
"""What is kept of what a reading was about; of its purpose half as much."""

FORM_BYTES_MAX = 16_777_216
"""A form that a page sends, files included."""

FORM_FIELDS_BYTES_MAX = 1_048_576
"""The fields of a form, files left out."""

REPORTS_SAVED_MAX = 200
"""Reports that are made by themselves."""

REPORT_FILES_KEPT = 62
"""Files of one saved report that are kept."""

REPORT_FILES_BYTES_MAX = 10_737_418_240
"""Files of all saved reports together; the newest of each stays whatever it weighs."""

REPORT_PROGRESS_ROWS = 50_000
"""Rows of a saved report after which it says how far it is."""

REPORT_LISTED_MAX = 10_000
"""Rows of a report that are shown without a file; a file holds all."""


BULLETIN_ROWS_MAX = 5_000_000
"""Service records that one bulletin rests on and keeps: a week of a large city. Beyond it, one by district or by week."""

BULLETIN_DAYS_MAX = 366
"""Local dates of one bulletin."""

BULLETIN_SECTIONS_MAX = 500
"""Districts of one bulletin."""

BULLETIN_REGIONS_MAX = 20_000
"""Regions below that of a bulletin, all levels together."""

BULLETIN_NUMBERS_APART = 1_000
"""After a restore the numbers of bulletins go on behind the next multiple of this: more than are issued between two backups."""

BULLETIN_OUT_LISTED_MAX = 200
"""Kiosks that a bulletin names as still out; all are counted."""

CONSOLE_BULLETIN_ROWS_MAX = 200_000
"""Service records of a bulletin that the console issues or traces while somebody waits; the commands take more."""

BULLETIN_TRACE_LISTED_MAX = 1_000
"""Rows that a figure is traced to on a screen; a file gets all."""

SERIES_DAYS_MAX = 1_100
"""Dates of one plot: three years."""

SERIES_SITES_MAX = 30
"""Sites that a plot names; the others are shown as one."""

OUTLIERS_LISTED_MAX = 100
"""People far from the others of their site that are listed."""

OUTLIER_PEOPLE_MIN = 5
"""People that a site needs before one of them can be far from the others."""

CERTIFICATE_ROWS_MAX = 3_000
"""Lines of one certificate: some seventy pages."""

CERTIFICATES_MAX = 10_000
"""People whose certificates are made by one command."""

CERTIFICATE_FILE_MAX = 500
"""Certificates in one PDF, which is held in memory until it is whole."""

CERTIFICATE_LINE_CHARS_MAX = 80
"""What stands on a certificate of whoever answers for it: a name, how to reach them, a document."""

CERTIFICATES_LISTED_MAX = 1_000
"""Certificates that are listed at once, the newest."""
SAID_CHARS_MAX = 300
"""What is written down of a volunteer's own words: sealed, it has to fit into an entry."""


FINDINGS_A_PAGE = 50
"""Findings on one page of the queue."""

PROPOSALS_LISTED_MAX = 200
"""Proposals that wait for a second person and are listed."""

BLOCKED_LISTED_MAX = 20
"""Sites that keep a month open and are named; all are counted."""

MERGERS_LISTED_MAX = 100
"""Mergers of one person that are listed."""

SWEEP_STEP_RECORDS = 50
"""Records of a sweep that are worked off in one request."""

SWEEPS_LISTED_MAX = 50
"""Sweeps of one's own that are listed, the newest."""

SWEEP_LEFT_LISTED_MAX = 200
"""Records that a sweep leaves out and names; all are counted."""

SAVED_VIEWS_MAX = 50
"""Views of lists that one account keeps."""

FINDINGS_COUNTED_MAX = 20_000
"""Findings of a search that are counted; a list says of more that there are at least so many (what needs a person, exactly)."""


CERTIFICATE_CHECKS_MAX = 120
"""Questions to the public page that one source may ask in an hour, of each process."""

CERTIFICATE_CHECKS_ALL_MAX = 1_200
"""Questions to the public page that everybody together may ask in a minute, of each process."""
SUCCESSIONS_KEPT_MAX = 16_384
"""Proofs of a log's succession that a process remembers, so that a list of kiosks need not check signatures again."""

SHIFT_MS_MAX = 172_800_000
"""A shift that lasts longer is not looked for among those going on."""

PEOPLE_SHOWN_MAX = 500
"""People on duty at one site that its page lists; all are counted."""

COVERED_POSTS_SHOWN = 30
"""Posts whose coverage one page shows."""

SITES_SHOWN = 100
"""Sites, or kiosks, that one page of a list shows."""

NOW_KEPT_MS = 10_000
"""How long a picture of now is shown before it is made anew: a third of what a screen waits before it asks again."""

NOW_PARTS_KEPT_MAX = 32
"""Parts of the tree whose picture of now a process keeps, some megabytes each for the whole city."""

REGIONS_OFFERED_MAX = 1_000
"""Regions that a page offers to choose from; any other can be typed into the address."""
REPORT_PAGE_ROWS = 200
"""Rows of a report that a page shows; its downloads hold more."""

REPORT_DOWNLOAD_ROWS_MAX = 50_000
"""Rows of a report that a page makes while somebody waits; larger ones are saved reports, or made by command."""

API_BODY_BYTES_MAX = 262_144
"""The body of a call of the API; what is uploaded to be imported has a bound of its own."""

API_CALLS_A_MINUTE = 600
"""Calls that one token may make in a minute, at each process of the server."""

API_PAGE_ROWS_MAX = 200
"""Items of one page of the API."""

API_PAGE_ROWS = 50
"""Items of a page where the call does not say how many."""

API_CURSOR_CHARS_MAX = 1_000
"""A cursor of the API."""

API_CODES_CHARS_MAX = 2_000
"""Codes of one kind that the address of a call names, with commas between: a line of a request has a bound of its own."""

API_ANSWER_KEPT_MS = 86_400_000
"""How long the answer to an `Idempotency-Key` is known."""

API_ANSWER_STUCK_MS = 120_000
"""After how long a request that never ended no longer holds its `Idempotency-Key`."""

API_RUN_CODES_MAX = 1_000
"""People, or codes of one kind, that a call names for a run; of more, a team or a region is named."""

API_CODES_MAX = 200
"""Enrolment codes that one call makes."""

API_REGION_SITES_MAX = 100
"""Sites of a region whose month one call closes."""

API_FIELDS_TOLD_MAX = 20
"""Fields that an answer names as wrong; of each, as many characters of its name as of a code are told."""

TOKENS_MAX = 20
"""Tokens of one account that last."""

TOKEN_DAYS_MAX = 366
"""How long a token may last."""

TOKEN_NAME_CHARS_MAX = 60
"""Characters of what a token is called."""

CONTACTS_SHOWN = 60
"""Contacts of a kiosk by which its page shows the error of its clock."""

FINDINGS_OF_LOG_SHOWN = 50
"""Findings about a kiosk's log that its page lists."""

MESSAGES_A_SITE_MAX = 5
"""Messages that hold at one site at a time: a lead has to read them all."""

MESSAGE_DAYS_MAX = 14
"""How long a message holds at most."""

SITES_AT_ONCE_MAX = 500
"""Sites for which codes are made, or that are told something, at once."""

ENTRIES_SHOWN = 100
"""Entries of a log that one page shows, to pick one."""

CODES_SHOWN = 100
"""Enrolment codes that one page shows."""

ASIDE_SHOWN = 50
"""Batches set aside that one page shows."""

MESSAGES_SHOWN = 500
"""Messages to kiosks that one page shows; all are counted."""

RUNS_OF_ONE_MAX = 5
"""Runs of one person that wait or are worked on."""

RUNS_LIVE_MAX = 50
"""Runs of everybody that wait or are worked on."""

RUNS_KEPT_OF_ONE_MAX = 50
"""Runs of one person that are kept when they are over; older ones go with their files."""

RUN_KEPT_MS = 604_800_000
"""How long a run that is over is kept, with its file."""

RUN_FILES_BYTES_MAX = 10_737_418_240
"""Files of all runs together; of more the oldest go."""

RUN_TRIES_MAX = 10
"""How often a slice of a run may be broken off, one time after another, before the run is given up."""

RUN_SLICE_PEOPLE = 10
"""People whose certificates one slice of a run makes, a PDF each."""

RUN_BUNDLE_PEOPLE = 50
"""Certificates in one PDF of a run that is to be printed."""

RUN_BADGES_PEOPLE = 250
"""Badges in one PDF of a run."""

RUN_BADGES_MAX = 200_000
"""People whose badges one run prints."""

RUN_TOLD_ROWS = 10_000
"""Rows of a report after which a run says how far it is, and looks whether it was stopped."""

RUN_LEFT_LISTED_MAX = 200
"""People left out whom the page of a run names; its file names all."""

RUNS_LISTED_MAX = 60
"""Runs of one person that are listed, the newest."""

REPORT_NOW_RECORDS_MAX = 100_000
"""Service records that a report reads while somebody waits for a page; more are a run's."""

RUN_PURPOSE_CHARS_MAX = 200
"""Characters of what a run's file is needed for."""

OFFICIAL_NOW_SITES_MAX = 20
"""Closed sites of a month whose rows are sent to the official site while somebody waits for a page; more are a run's."""
