"""Replay attendance data that somebody already has through real logs, a real server and every rule."""
