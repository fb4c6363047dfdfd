import time

import bobo


@bobo.query("/now")
def now():
    return time.strftime("%H:%M")


application = bobo.Application(bobo_resources=__name__)
