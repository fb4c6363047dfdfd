"""The makers of WSGI applications: classes and functions of known frameworks, and bobo's resources."""

from __future__ import annotations

from types import MappingProxyType

from modwsgi_fix.script.module import Module, Statement

#: The decorators by which bobo makes a resource of a function or class.
_RESOURCES = frozenset({
    "query", "post", "get", "put", "delete", "head", "options", "resource", "scan_class", "subroute",
})  # fmt: skip


def bobo_resources(module: Module) -> list[Statement]:
    """Return the functions and classes of a module that are bobo resources."""
    return [
        one
        for one in module.live()
        if one.kind in ("def", "class")
        and any(module.resolve(name).removeprefix("bobo.") in _RESOURCES and module.resolve(name).startswith("bobo.")
                for name in one.decorators)
    ]  # fmt: skip


#: The functions and classes that make a WSGI application, by dotted name.
MAKERS = frozenset({
    "flask.Flask", "flask.app.Flask", "bottle.Bottle", "bottle.default_app", "falcon.API", "falcon.App", "quixote.wsgi.QWIP",
    "django.core.wsgi.get_wsgi_application", "django.core.handlers.wsgi.WSGIHandler", "webapp2.WSGIApplication",
    "bobo.Application", "cherrypy.Application", "cherrypy.tree.mount", "paste.deploy.loadapp", "pyramid.paster.get_app",
    "connexion.App", "connexion.FlaskApp", "web.application.wsgifunc",
    "pyramid.router.Router", "werkzeug.wsgi.DispatcherMiddleware", "werkzeug.middleware.dispatcher.DispatcherMiddleware",
})  # fmt: skip
#: The methods that make a WSGI application, with the class that has them.
METHODS = MappingProxyType({
    "make_wsgi_app": frozenset({
        "pyramid.config.Configurator", "tg.AppConfig", "tg.MinimalApplicationConfigurator",
        "tg.FullStackApplicationConfigurator", "tg.configuration.AppConfig",
    }),
    "wsgifunc": frozenset({"web.application", "web.auto_application"}),
})  # fmt: skip


def makes_application(module: Module, statement: Statement) -> bool:
    """Whether a statement assigns an application of a known framework."""
    if statement.call is None:
        return False
    owner, _, method = statement.call.name.rpartition(".")
    return module.resolve(statement.call.name) in MAKERS or (method in METHODS and owner in module.names)
