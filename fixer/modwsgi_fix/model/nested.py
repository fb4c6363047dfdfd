"""Things by the path that each is about, to find those above or below a path without asking each of them."""

from __future__ import annotations
