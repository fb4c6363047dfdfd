"""The application of a script of a known framework that does not bind one yet.

A line is certain where the framework's own manual has it for mod_wsgi, and the script has all that the line needs; any other
is only shown as the line to add.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modwsgi_fix.script.applications import MAKERS, METHODS
from modwsgi_fix.script.loading import bound_at_top
from modwsgi_fix.script.source import Function, Source, dotted, own
from modwsgi_fix.script.values import Scope, bindings_of, module_scope
from modwsgi_fix.tuples import NamedTuple

#: The decorators and functions that add routes to Bottle's default application.
_BOTTLE_ROUTES = frozenset({"route", "get", "post", "put", "delete", "patch", "error", "hook", "mount"})
#: Applications that a module has ready, and functions that make one without arguments.
_READY = {
    "django.core.wsgi.get_wsgi_application": "()", "MoinMoin.web.serving.make_application": "(shared=True)",
    "trac.web.main.dispatch_request": "", "gluon.main.wsgibase": "", "graphite.wsgi.application": "",
}  # fmt: skip
_SETTINGS = "DJANGO_SETTINGS_MODULE"
#: Decorators that turn a function that answers requests into an application.
_WRAPPERS = frozenset({"webob.dec.wsgify", "werkzeug.Request.application", "werkzeug.wrappers.Request.application"})
#: Classes whose objects hold an application, and the attribute that holds it.
_HOLDERS = {"dash.Dash": "server"}
#: Usual names of functions that make an application.
FACTORIES = frozenset({
    "app_factory", "build_app", "create_app", "create_application", "create_wsgi_app", "get_app", "get_application",
    "get_wsgi_application", "make_app", "make_application", "make_wsgi_app",
})  # fmt: skip


class EntryPoint(NamedTuple):
    """An expression for the application, the import that it needs or an empty string, and the node that shows it."""

    expression: str
    needs: str
    node: ast.expr | ast.stmt
    is_certain: bool = True


def entry_points(source: Source) -> list[EntryPoint]:
    """Return what may be the application of a script that binds none, certain ones first; each framework only once."""
    scope = module_scope(source)
    found = [
        *_made_by_method(source, scope), *_factories(source, scope), *_bottle(source, scope), *_ready(source, scope),
        *_cherrypy(source, scope), *_django(source, scope), *_pasted(source, scope), *_decorated(source, scope),
    ]  # fmt: skip
    return sorted({one.expression: one for one in reversed(found)}.values(), key=lambda one: not one.is_certain)


def is_factory(function: Function, outer: Scope) -> bool:
    """Whether a function without parameters returns an application of a known framework, or a WSGI function."""
    arguments = function.args
    required = len(arguments.posonlyargs + arguments.args) - len(arguments.defaults)
    if (
        required
        or None in arguments.kw_defaults
        or function.decorator_list
        or isinstance(function, ast.AsyncFunctionDef)
    ):
        return False
    scope = Scope(function, bindings_of(function), outer.bindings, outer.imports)
    inner = {node.name for node in own(function) if isinstance(node, ast.FunctionDef) and _is_application(node)}
    returned = [node.value for node in own(function) if isinstance(node, ast.Return)]
    return bool(returned) and all(
        value is not None and (makes(value, scope) or (isinstance(value, ast.Name) and value.id in inner))
        for value in returned
    )


def makes(node: ast.expr, scope: Scope) -> bool:
    """Whether an expression, or the value of a name, is an application of a known framework."""
    bindings = scope.of(node.id) if isinstance(node, ast.Name) else [node]
    return bool(bindings) and all(
        isinstance(made, ast.Call) and (scope.resolve(made.func) in MAKERS or _is_method(made, scope))
        for made in bindings
    )


def _is_method(call: ast.Call, scope: Scope) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in METHODS and bool(dotted(call.func) and scope)


def _is_application(node: ast.FunctionDef) -> bool:
    names = [argument.arg for argument in node.args.args]
    return len(names) == 2 and names[1] in ("start_response", "start_request")


# -- one framework each -----------------------------------------------------------------------------------------------------


def _made_by_method(source: Source, scope: Scope) -> Iterator[EntryPoint]:
    """Yield what methods make: of Pyramid's and TurboGears' configurators, web.py's applications, and Dash's."""
    called = {dotted(node.func) for node in source.nodes if isinstance(node, ast.Call)}
    for node in source.top:
        pairs: list[tuple[ast.expr | None, ast.expr]] = []
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            pairs = [(node.targets[0], node.value)]
        elif isinstance(node, ast.With):
            pairs = [(item.optional_vars, item.context_expr) for item in node.items]
        for target, value in pairs:
            if not isinstance(target, ast.Name) or not isinstance(value, ast.Call):
                continue
            owner = scope.resolve(value.func)
            method = next((method for method, owners in METHODS.items() if owner in owners), None)
            if len(scope.of(target.id)) != 1:
                continue
            if method is not None and f"{target.id}.{method}" not in called:
                yield EntryPoint(f"{target.id}.{method}()", "", value)
            elif owner in _HOLDERS:
                yield EntryPoint(f"{target.id}.{_HOLDERS[owner]}", "", value)


def _factories(source: Source, scope: Scope) -> Iterator[EntryPoint]:
    for node in source.top:
        if isinstance(node, ast.FunctionDef) and is_factory(node, scope) and len(scope.of(node.name)) == 1:
            yield EntryPoint(f"{node.name}()", "", node)
        elif isinstance(node, ast.FunctionDef) and node.name in FACTORIES:
            yield EntryPoint(f"{node.name}(…)", "", node, is_certain=False)
        elif isinstance(node, ast.ImportFrom) and not (node.module or "").startswith(("pyramid.", "paste.", "django.")):
            for alias in node.names:
                if alias.name in FACTORIES and f"{node.module}.{alias.name}" not in _READY:
                    yield EntryPoint(f"{alias.asname or alias.name}()", "", node, is_certain=False)


def _bottle(source: Source, scope: Scope) -> Iterator[EntryPoint]:
    """Yield Bottle's default application, where the script adds routes to it by the module's functions."""
    for node in source.top:
        callables = [
            decorator.func if isinstance(decorator, ast.Call) else decorator
            for decorator in getattr(node, "decorator_list", [])
        ]
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            callables = [node.value.func]
        for called in callables:
            module, _, name = scope.resolve(called).partition(".")
            if module == "bottle" and name in _BOTTLE_ROUTES and isinstance(node, ast.stmt):
                local = next((local for local, what in scope.imports.items() if what == "bottle"), None)
                function = next((local for local, what in scope.imports.items() if what == "bottle.default_app"), None)
                if function:
                    yield EntryPoint(f"{function}()", "", node)
                else:
                    yield EntryPoint(f"{local or 'bottle'}.default_app()", "" if local else "import bottle", node)
                return


def _ready(source: Source, scope: Scope) -> Iterator[EntryPoint]:
    for node in source.top:
        if isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                named, local = f"{node.module}.{alias.name}", alias.asname or alias.name
                for name, arguments in _READY.items():
                    if name == named:
                        yield EntryPoint(f"{local}{arguments}", "", node)
                    elif name.rpartition(".")[0] == named:
                        yield EntryPoint(f"{local}.{name.rpartition('.')[2]}{arguments}", "", node)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                for name, arguments in _READY.items():
                    if name.rpartition(".")[0] == alias.name:
                        local = alias.asname or alias.name
                        yield EntryPoint(f"{local}.{name.rpartition('.')[2]}{arguments}", "", node)


def _cherrypy(source: Source, scope: Scope) -> Iterator[EntryPoint]:
    guarded = {id(node) for node in own(source.tree)} - {id(node) for node in source.top}
    for node in source.nodes:
        if not isinstance(node, ast.Call) or dotted(node.func).partition(".")[0] not in scope.imports:
            continue
        name = scope.resolve(node.func)
        if name == "cherrypy.tree.mount" and id(node) not in guarded:
            yield EntryPoint(f"{dotted(node.func).removesuffix('.mount')}", "", node)
        elif name == "cherrypy.quickstart" and node.args:
            module = dotted(node.func).rpartition(".")[0]
            root = source.code(node.args[0])
            if (
                module
                and len(node.args) == 1
                and not node.keywords
                and "\n" not in root
                and _is_bound(node.args[0], source)
            ):
                yield EntryPoint(f"{module}.Application({root}, script_name=None)", "", node)
            else:
                expression = f"{module or 'cherrypy'}.Application({root}, script_name=None)"
                yield EntryPoint(expression, "", node, is_certain=False)


def _is_bound(node: ast.expr, source: Source) -> bool:
    """Whether unguarded statements at the top of the script bind every name of an expression."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} <= bound_at_top(source)


def _decorated(source: Source, scope: Scope) -> Iterator[EntryPoint]:
    """Yield functions that a decorator of WebOb or Werkzeug turns into applications."""
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef) and len(scope.of(node.name)) == 1 and len(node.decorator_list) == 1:
            decorator = node.decorator_list[0]
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if scope.resolve(called) in _WRAPPERS:
                yield EntryPoint(node.name, "", node)


def _django(source: Source, scope: Scope) -> Iterator[EntryPoint]:
    """Yield Django's application for a script that only names the settings; a script that runs commands is not a WSGI script."""
    if "django.core.management" in source.text or "django.core.handlers" in source.text:
        return
    for node in source.top:
        match node:
            case (
                ast.Assign(targets=[ast.Subscript(value=owner, slice=ast.Constant(value=key))])
                | ast.Expr(
                    value=ast.Call(
                        func=ast.Attribute(value=owner, attr="setdefault"), args=[ast.Constant(value=key), _]
                    )
                )
            ) if key == _SETTINGS and scope.resolve(owner) == "os.environ":
                if any(what == "django.core.wsgi.get_wsgi_application" for what in scope.imports.values()):
                    return
                needs = "from django.core.wsgi import get_wsgi_application"
                yield EntryPoint("get_wsgi_application()", needs, node)
                return


def _pasted(source: Source, scope: Scope) -> Iterator[EntryPoint]:
    """Yield Pyramid and other applications that an .ini file describes."""
    files = [
        name
        for name in scope.bindings
        if isinstance(value := scope.only(name), ast.Constant) and str(value.value).endswith(".ini")
    ]
    for node in source.top:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                local = alias.asname or alias.name
                if f"{node.module}.{alias.name}" == "pyramid.paster.get_app":
                    where = files[0] if len(files) == 1 else '"/path/of/production.ini"'
                    yield EntryPoint(f"{local}({where})", "", node, is_certain=len(files) == 1)
                elif f"{node.module}.{alias.name}" == "paste.deploy.loadapp":
                    where = f'"config:" + {files[0]}' if len(files) == 1 else '"config:/path/of/production.ini"'
                    yield EntryPoint(f"{local}({where})", "", node, is_certain=len(files) == 1)
        elif isinstance(node, ast.FunctionDef) and [one.arg for one in node.args.args[:1]] == ["global_config"]:
            yield EntryPoint('pyramid.paster.get_app("/path/of/production.ini")', "", node, is_certain=False)
