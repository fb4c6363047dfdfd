"""A module of resources: library.wsgi makes the application, this file needs none."""

import bobo


@bobo.query("/books")
def books():
    return "None on the shelf."
