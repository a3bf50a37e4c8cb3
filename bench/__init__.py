"""Benchmarks: each prints one JSON object, a ratio against a raw limit taken in the same run, or a size. Never a test."""
