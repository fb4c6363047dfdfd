"""All that makes edits of items: lines, blocks of access, moves, dialects."""
