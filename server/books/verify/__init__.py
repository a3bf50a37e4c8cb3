"""That what is stored is sound, and follows from the facts."""
