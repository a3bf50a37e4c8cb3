"""Reports: figures that say what they count, as of when, how complete, and where they come from.

Law: a report is read in one view of the database and streamed; nothing holds all rows. Every reading takes a part of the
tree (I9), and names are masked unless a purpose was noted first.
"""
