"""What facts mean: pure functions over facts and dated policy."""
