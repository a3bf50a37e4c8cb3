"""Long work that somebody asked for."""
