"""How it stands just now: who is on duty where against what is needed, and how posts were covered over a day."""
