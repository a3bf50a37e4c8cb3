"""Backup and restore: every fact of a server in one file that checks itself, in rows that mean the same on both databases."""
