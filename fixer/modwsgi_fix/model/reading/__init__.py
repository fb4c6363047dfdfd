"""From files to the items of a server: what is read, in which order, under which conditions."""
