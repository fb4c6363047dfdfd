"""What rules ask of a server: merge and request asked of everyone, of the disk, at the start."""
