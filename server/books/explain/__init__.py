"""Why a record, or everything of a volunteer, has the minutes that it has."""
