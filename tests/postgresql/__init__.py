"""A real PostgreSQL for tests, started by the tests themselves."""
