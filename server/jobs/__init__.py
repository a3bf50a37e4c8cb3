"""What the server does by itself: plain functions, safe to run twice."""
