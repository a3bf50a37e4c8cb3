"""People, and what is known about them and their places: questions to the reference data."""
