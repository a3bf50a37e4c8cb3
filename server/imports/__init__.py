"""Reference data from files that people made: read warily, checked row by row, written as dated versions."""
