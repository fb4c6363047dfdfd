"""Rules of ``<Directory>`` and ``.htaccess``, which see the file and ask for another URL (mod_rewrite.c:hook_fixup)."""

from __future__ import annotations

from collections.abc import Sequence

from modwsgi_fix.directives.families import EXPRESSION_SECTIONS
from modwsgi_fix.model.items import Item
from modwsgi_fix.model.merge.layers import Layer
from modwsgi_fix.model.merge.options import merged_options
from modwsgi_fix.model.merge.sections import is_regex_section, pattern_of
from modwsgi_fix.model.merge.world import Beyond, normal
from modwsgi_fix.model.request.modrewrite import Run
from modwsgi_fix.model.request.outcome import Kind
from modwsgi_fix.model.request.proxied import is_sent_away
from modwsgi_fix.model.request.rewrite_settings import Settings, of_directory
from modwsgi_fix.model.request.state import REDIRECTED, State, document_root
from modwsgi_fix.model.urls import Mapping


def rewrite_in_directory(state: State, sections: Sequence[Layer]) -> bool:
    """Apply the rules of the last section with rewriting, and return whether another URL is asked for.

    Raises ``Done`` for a redirect or a status.
    """
    settings = of_directory([*state.site.base, *sections], state.world)
    if settings is None or not settings.is_on or state.is_done or not settings.rules:
        return False
    rules, base = settings.rules, settings.base
    directory = _directory(settings.layer, rules[0].item)
    if state.filename == directory.rstrip("/") and not settings.has("allownoslash"):
        # mod_dir first redirects the visitor to the URL with a slash.
        return False
    if not {"followsymlinks", "symlinksifownermatch"} & merged_options(state.layers, state.world).on:
        state.step("mapping", "RewriteRule by directory needs Options FollowSymLinks", rules[0].item)
        raise state.done(Kind.REFUSED, 403, "RewriteRule without Options FollowSymLinks")
    run = Run(state, rules, directory, base)
    asked, query = state.filename, state.query
    if not run.apply() or run.filename == asked:
        return False
    if is_sent_away(state):
        raise Beyond(
            "a RewriteRule in a section rewrites what another server is asked, which is not modelled", rules[0].item
        )
    if not run.filename.startswith("/"):
        raise state.done(Kind.ERROR, 400, "a RewriteRule made a path that does not begin with a slash")
    url = _url(state, run.filename, directory, settings)
    state.filename = url
    run.refuse_odd_query(rules[0].item)
    state.filename = f"{url}?{state.query}" if state.query else url
    state.query = query
    state.handler = REDIRECTED
    return True


def _directory(layer: Layer, rule: Item) -> str:
    """Return the directory that is taken off the path before the rules see it, with a slash at its end."""
    if layer.directory is not None:
        return layer.directory + "/"
    section = layer.section
    if section is None:
        raise Beyond("a RewriteRule by directory is in no section", rule)
    if section.key in EXPRESSION_SECTIONS:
        # There is no directory, and httpd's name for that stands in its place (core.c:ifsection).
        return "*If/"
    # For any other section it is the text of the pattern (mod_rewrite.c:config_perdir_create), of a path made plain.
    text = pattern_of(section)
    is_path = section.key == "directory" and not is_regex_section(section)
    return (normal(text) if is_path else text).rstrip("/") + "/"


def _url(state: State, filename: str, directory: str, settings: Settings) -> str:
    """Return a file as a URL of this server: by RewriteBase, else without the DocumentRoot, else by the Alias that led here."""
    if settings.base is not None:
        inside = filename.removeprefix(directory)
        return filename if inside == filename else f"{settings.base.value.rstrip('/')}/{inside}"
    root = document_root(state)
    if root is not None and filename.startswith(f"{root}/"):
        return filename.removeprefix(root)
    context: Mapping | None = state.context
    if context is not None and not context.is_regex and not settings.has("ignorecontextinfo"):
        target = context.target.rstrip("/")
        if filename.startswith(target + "/"):
            return context.url.rstrip("/") + filename[len(target) :]
    return filename
