"""Working days in China, with holidays and shifted workdays as dated data: a year that is not there is said, never guessed."""
