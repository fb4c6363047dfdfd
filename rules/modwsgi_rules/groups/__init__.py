"""Application groups (sub-interpreters), and how groups are selected."""
