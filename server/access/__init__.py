"""Who may see and do what: roles, rights, and the part of the region and team tree that each is bound to (I9)."""
