"""From facts to meaning: logs, kiosks, people and groups are derived, and kept current at a cost that depends on the change."""
