"""The ingest door: hello, push, enrol, view. Driver-level SQL, one transaction each, no ORM."""
