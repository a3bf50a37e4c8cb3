"""Bulletins (简报): figures of a region and a span of dates, frozen with a number, on paper, and led back to their rows."""
