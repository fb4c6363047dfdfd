# The names are imported one by one, and bobo itself is not.
from bobo import query, redirect


@query("/")
def start():
    return redirect("/names/all")


@query("/all")
def everybody():
    return "Alice, Bob"
