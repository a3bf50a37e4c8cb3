"""From facts to figures. What is written here can be dropped and made again, byte for byte.

`derive` keeps meaning current; `review` shows what waits for a person, and `decisions` settles it; `periods` closes months;
`explain` says why, `verify` whether it is sound. Beside them: hours, completeness, dates, and what a part of the tree holds.
"""
