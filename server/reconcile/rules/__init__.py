"""The rules: a family a file, a small pure function a rule. `catalogue.py` lists them all."""
