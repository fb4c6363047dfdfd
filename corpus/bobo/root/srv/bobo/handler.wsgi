import runpy

import bobo


def handle_request(environ, start_response):
    """Make a bobo application of the page that was asked for, anew for each request."""
    names = runpy.run_path(environ["SCRIPT_FILENAME"])
    resources = [value for value in names.values() if hasattr(value, "bobo_response")]
    application = bobo.Application(bobo_resources=resources)
    return application(environ, start_response)
