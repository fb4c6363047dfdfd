import sys

sys.path.insert(0, "/srv/notes")

from notes import app
