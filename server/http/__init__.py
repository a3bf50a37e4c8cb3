"""The doors of the server over HTTP: they parse, call one use case, and format."""
