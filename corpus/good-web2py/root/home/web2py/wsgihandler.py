"""The WSGI entry point of a web2py tree; a stand-in which answers like the real one would."""


def application(environ, start_response):
    body = ("web2py answers %s\n" % environ["PATH_INFO"]).encode("utf-8")
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
