"""The effects of a change on visitors, and which of them a fix may have."""
