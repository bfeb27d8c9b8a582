"""Action items: what is promised, by whom, until when, whether it is done, and where it is tracked."""
