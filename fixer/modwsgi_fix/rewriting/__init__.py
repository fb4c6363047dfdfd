"""The makers of edits of items: lines, blocks of access, moves, dialects."""
