"""From facts to figures: deriving, rebuilding, hours. What is written here can be dropped and made again, byte for byte."""
