"""What paths lead to on the disk, where `--root` shows it."""
