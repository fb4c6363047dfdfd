"""From files to the items of a server: which lines are read, in which order, under which conditions."""
