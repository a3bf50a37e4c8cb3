"""What mutants of the rules survive, and why each may: see `docs/mutants.md`."""
