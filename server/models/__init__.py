"""The tables, one subject a file. Facts are appended and kept; the schema `derived` can be dropped and rebuilt."""
