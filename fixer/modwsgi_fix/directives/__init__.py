"""The directives of httpd and mod_wsgi: contexts, arguments, first and last versions. Data, read on first use.

The facts on httpd's own directives were read from the command tables of 2.4.71 with all modules that Debian ships, and
by asking ``apache2 -t`` in each context (tools/httpd_directives.py). Those on mod_wsgi's: see ``mod_wsgi.py``.
"""

from typing import TYPE_CHECKING, Any

from modwsgi_fix.directives.kinds import (
    Context,
    DirectiveInfo,
    SectionInfo,
    Version,
    is_later,
    version,
)
from modwsgi_fix.directives.spelling import (
    candidates,
    daemon_option_candidates,
    distance,
    fits,
    glued,
    is_known_third_party,
    option_at_start,
    third_party_family,
)
from modwsgi_fix.directives.table import (
    REGEX_WORDS,
    STATIC_MODULES,
    allowed_in,
    context_of,
    directives,
    find,
    module_of,
    modules,
    sections,
    spelled,
)

if TYPE_CHECKING:
    from modwsgi_fix.directives.options import (
        DaemonOption,
        ScriptDirective,
        ScriptOption,
        daemon_option,
        daemon_options,
        group_directives,
        script_directives,
        script_options,
        takes_option,
        words_before_options,
    )
    from modwsgi_fix.directives.powers import daemon_option_power, power_of

__all__ = [
    "REGEX_WORDS",
    "STATIC_MODULES",
    "Context",
    "DaemonOption",
    "DirectiveInfo",
    "ScriptDirective",
    "ScriptOption",
    "SectionInfo",
    "Version",
    "allowed_in",
    "candidates",
    "context_of",
    "daemon_option",
    "daemon_option_candidates",
    "daemon_option_power",
    "daemon_options",
    "directives",
    "distance",
    "find",
    "fits",
    "glued",
    "group_directives",
    "is_known_third_party",
    "is_later",
    "module_of",
    "modules",
    "option_at_start",
    "power_of",
    "script_directives",
    "script_options",
    "sections",
    "spelled",
    "takes_option",
    "third_party_family",
    "version",
    "words_before_options",
]


def __getattr__(name: str) -> Any:
    """Load options.py or powers.py with the first of its names: every start pays for this package."""
    if name in __all__:
        from modwsgi_fix.directives import options, powers

        found = globals()[name] = getattr(powers if hasattr(powers, name) else options, name)
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
