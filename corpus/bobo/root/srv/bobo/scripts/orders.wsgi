import bobo

application = bobo.Application(bobo_resources=__name__)


@bobo.query("/list")
def orders():
    return "No orders yet."


@bobo.post("/new")
def order(article, number: int = 1):
    return "%d of %s" % (number, article)
