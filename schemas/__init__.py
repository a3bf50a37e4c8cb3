"""The shape of everything that crosses a boundary: fields, limits, vocabulary. Imports nothing of ours."""
