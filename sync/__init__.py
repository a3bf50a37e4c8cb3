"""The protocol, pure: time, chance and keys are arguments. Stands on `schemas/` only."""
