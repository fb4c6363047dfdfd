"""Families of directives and sections: what several parts of the project mean by one word.

Each is a set of names in lower case, as ``Item.key`` has them; a tuple where the order counts. A set that answers one
question of one rule stays with the rule. What a single directive is (contexts, arguments, versions) is in ``table.py``,
and how many words come before its options in ``options.py``.
"""

from __future__ import annotations

# -- sections -----------------------------------------------------------------------------------------------------------

#: They vanish once read: what they hold belongs to what encloses them (core.c: ``start_ifmod`` and its neighbours,
#: mod_version.c). ``<If>`` is none of them: it is asked for each request.
CONDITIONS = frozenset({"ifmodule", "ifdefine", "ifversion", "iffile", "ifdirective", "ifsection"})

#: By the path of a file on the disk (request.c:ap_directory_walk).
DIRECTORY_SECTIONS = ("directory", "directorymatch")
#: By the last component of that path (request.c:ap_file_walk).
FILES_SECTIONS = ("files", "filesmatch")
#: By the URL (request.c:ap_location_walk).
LOCATION_SECTIONS = ("location", "locationmatch")
#: By the URL that is asked of another server (mod_proxy.c:proxy_walk).
PROXY_SECTIONS = ("proxy", "proxymatch")
#: By an expression on the request (request.c:ap_if_walk).
EXPRESSION_SECTIONS = ("if", "elseif", "else")
#: What reads other files in its place.
INCLUDES = frozenset({"include", "includeoptional"})
#: What httpd looks up or opens when it reads the line, so that a wrong word ends the start.
READ_AT_ONCE = frozenset({"include", "includeoptional", "listen", "loadfile", "loadmodule", "use"})
#: Their test compares, and so may have a ``>`` of its own (ap_expr, mod_version.c).
COMPARING = ("if", "elseif", "ifversion")
#: By the method; they stand in another section (core.c:ap_limit_section).
LIMIT_SECTIONS = ("limit", "limitexcept")
#: They group ``Require`` lines (mod_authz_core.c:add_authz_section).
REQUIRE_SECTIONS = frozenset({"requireall", "requireany", "requirenone"})

#: What is merged for a file that a URL leads to, whatever the request says besides.
MERGED_SECTIONS = frozenset({*DIRECTORY_SECTIONS, *FILES_SECTIONS, *LOCATION_SECTIONS})
#: What says to whom a line applies when a refusal is explained: the merged ones, and a condition of its own.
PLACES = (*DIRECTORY_SECTIONS, *LOCATION_SECTIONS, *FILES_SECTIONS, "if")
#: What is merged, and what holds for a proxied URL: the opening line takes one word, or ``~`` and one (core.c:
#: "Multiple <%s> arguments not (yet) supported.").
PATH_SECTIONS = MERGED_SECTIONS | frozenset(PROXY_SECTIONS)
#: None of them can stand in another (core.c:ap_check_cmd_context, ``NOT_IN_DIR_CONTEXT``): one that is opened in another
#: shows that the other was left open. ``<VirtualHost>`` may hold them, and is not held by one.
DISJOINT_SECTIONS = frozenset({"virtualhost", *DIRECTORY_SECTIONS, *LOCATION_SECTIONS, *PROXY_SECTIONS})
#: A tag of theirs without an argument may open another inside one of the same name, so that it is no closing tag that
#: lost its slash.
BARE_SECTIONS = REQUIRE_SECTIONS | {"else", "perl", "authnprovideralias"}

# -- URLs ---------------------------------------------------------------------------------------------------------------

#: mod_alias, first list: asked before the aliases of the same level (mod_alias.c:translate_alias_redir).
REDIRECTS = ("redirect", "redirectmatch", "redirecttemp", "redirectpermanent")
#: mod_alias, second list.
ALIASES = ("alias", "aliasmatch", "scriptalias", "scriptaliasmatch")
#: Those whose first word is a prefix of URLs; inside ``<Location>`` they take the target alone.
PREFIX_ALIASES = ("alias", "scriptalias")
#: mod_wsgi's, asked after mod_alias (mod_wsgi.c:wsgi_register_hooks).
MOUNTS = ("wsgiscriptalias", "wsgiscriptaliasmatch")
#: mod_vhost_alias: a file named after the Host of the request.
HOST_ALIASES = ("virtualdocumentroot", "virtualscriptalias", "virtualdocumentrootip", "virtualscriptaliasip")
#: Files of a directory come to be served by a name of it.
FILE_MAPPINGS = (*ALIASES, "documentroot")
#: What leads from a URL to a file by ways that the questions about directories do not follow.
INDIRECT_MAPPINGS = ("rewriterule", "userdir", "virtualdocumentroot")

#: mod_rewrite by directory: the last section that has one of these is the only one whose rules count
#: (mod_rewrite.c:config_perdir_merge).
REWRITING = ("rewriteengine", "rewritebase", "rewritecond", "rewriterule", "rewriteoptions")

# -- handlers -----------------------------------------------------------------------------------------------------------

#: mod_mime: a handler or a type by the extension of the file (mod_mime.c:find_ct).
EXTENSION_MAPPINGS = ("addhandler", "removehandler", "addtype", "removetype")
#: What else mod_mime knows of an extension: it makes one known, and a file with it a variant for MultiViews.
OTHER_EXTENSIONS = (
    "addlanguage", "removelanguage", "addencoding", "removeencoding", "addcharset", "removecharset", "addinputfilter",
    "removeinputfilter", "addoutputfilter", "removeoutputfilter",
)  # fmt: skip
#: With one of these in force a section answers by itself, and its grant opens no file.
ANSWERING = frozenset({"sethandler", "proxypass", "proxypassmatch", "dav", "wsgihandlerscript"})
#: Their first word is a script that decides over requests and answers none, always in httpd's own processes: where a
#: request runs, whose password is right, in which groups a user is, from where a client may come.
EMBEDDED_SCRIPTS = ("wsgidispatchscript", "wsgiauthuserscript", "wsgiauthgroupscript", "wsgiaccessscript")
#: They name a script that mod_wsgi loads.
NAMES_SCRIPT = (*MOUNTS, *EMBEDDED_SCRIPTS, "wsgihandlerscript", "wsgiimportscript")
#: What may run Python in httpd's own processes, besides mounts.
EMBEDDED_PYTHON = (*EMBEDDED_SCRIPTS, "wsgihandlerscript", "wsgiimportscript", "addhandler", "sethandler")
#: What makes a file a WSGI script by its handler or its type, where the word after it is mod_wsgi's.
HANDLER_LINES = ("addhandler", "sethandler", "addtype", "forcetype", "rewriterule")

# -- access -------------------------------------------------------------------------------------------------------------

#: Whom the old dialect admits by address or variable (mod_access_compat.c:check_dir_access).
ORDER_KEYS = frozenset({"order", "allow", "deny"})
#: The old dialect: what mod_access_compat reads.
OLD_ACCESS = ("order", "allow", "deny", "satisfy")
#: What a section has that only admits, in either dialect.
GRANTS = frozenset({"order", "allow", "satisfy", "require"})
#: What changes how the access lines of several sections combine; with one of them they cannot be weighed one by one.
COMBINING = ("satisfy", "authmerging", *EXPRESSION_SECTIONS, *sorted(REQUIRE_SECTIONS))
#: How a log-in is asked for; where none of these stands, none is.
LOG_INS = ("authtype", "authbasicprovider", "authuserfile", "authname")
#: What asks for a log-in or a certificate, or refuses plain HTTP.
AUTHENTICATION = frozenset({
    *LOG_INS, "authgroupfile", "authdigestprovider", "sslrequiressl", "sslrequire", "sslverifyclient",
    "wsgiauthuserscript", "wsgiauthgroupscript", "wsgiaccessscript",
})  # fmt: skip
#: Access checkers besides the two dialects: a program or an expression decides (``ap_hook_access_checker``).
FOREIGN_CHECKERS = ("wsgiaccessscript", "perlaccesshandler", "authnzfcgicheckauthnprovider", "sslrequire")
#: Access checkers which ``Satisfy Any`` lets a password stand in for (request.c:ap_process_request_internal).
SATISFIED_CHECKERS = ("sslrequiressl", "sslrequire", "wsgiaccessscript")
#: mod_setenvif: they set variables before access is checked, so that ``Require env`` sees them.
EARLY_VARIABLES = ("setenvif", "setenvifnocase", "browsermatch", "browsermatchnocase", "setenvifexpr")

#: mod_env: they set variables once access has been checked, for the application and ``%{ENV:...}``.
LATE_VARIABLES = ("setenv", "passenv", "unsetenv")

# -- what a line needs, says or once was --------------------------------------------------------------------------------

#: They name a file or directory that must be there when httpd starts.
MUST_EXIST = frozenset({
    "errorlog", "customlog", "transferlog", "documentroot", "sslcertificatefile", "sslcertificatekeyfile", "include",
    "loadmodule",
})  # fmt: skip
#: They open a file for writing when httpd starts (log.c:open_error_log, mod_log_config.c).
LOG_FILES = ("errorlog", "customlog", "transferlog")
#: They name a file that mod_ssl reads when httpd starts.
CERTIFICATES = (
    "sslcertificatefile",
    "sslcertificatekeyfile",
    "sslcertificatechainfile",
    "sslcacertificatefile",
    "sslcarevocationfile",
)
#: What mod_wsgi has only where it is built with daemon mode, which is not on Windows (mod_wsgi.c: wsgi_commands).
DAEMON_MODE = (
    "wsgidaemonprocess", "wsgiprocessgroup", "wsgisocketprefix", "wsgisocketrotation", "wsgiacceptmutex",
    "wsgirestrictprocess", "wsgirestrictembedded",
)  # fmt: skip
#: Where one of these is mended, an application answers that was not found or not run.
APPLICATION_LINES = frozenset({
    "wsgiscriptalias", "wsgidaemonprocess", "wsgiprocessgroup", "wsgipythonhome", "wsgipythonpath", "wsgicallableobject",
})  # fmt: skip
#: What they take is shown to people, where a typographic quote may be meant.
SHOWN_TEXTS = frozenset({"authname", "errordocument", "serveradmin", "logformat", "customlog", "header", "setenv"})
#: Their last word is a text or a pattern, in which a semicolon may be meant.
FREE_TEXTS = frozenset({
    "setenv", "define", "header", "requestheader", "errordocument", "rewriterule", "rewritecond", "setenvif",
    "setenvifnocase", "substitute", "authname", "addoutputfilterbyschema", "logformat", "customlog", "redirect",
    "redirectmatch", "filterprovider", "browsermatch", "use",
})  # fmt: skip
#: A sign may stand before their words: ``-Indexes``, ``+TLSv1.3``.
SIGNED_WORDS = frozenset({"options", "indexoptions", "sslprotocol", "ssloptions", "proxyvia", "dbdparams"})

#: Locks that ``Mutex`` names since 2.4 (httpd 2.4, "Upgrading to 2.4 from 2.2"): tried on 2.4.71, invalid commands.
REMOVED_MUTEXES = ("lockfile", "acceptmutex", "sslmutex", "sslstaplingmutex", "rewritelock", "watchdogmutexpath")
#: What ``LogLevel rewrite:`` replaces since 2.4.
REMOVED_REWRITE_LOGS = ("rewritelog", "rewriteloglevel")
#: What ``AuthzProviderAlias`` and the containers of ``Require`` replace since 2.4: tried on 2.4.71 with every one of
#: these modules loaded, invalid commands.
REMOVED_AUTHZ = (
    "authzldapauthoritative", "authzdbmauthoritative", "authzdbdauthoritative", "authzgroupfileauthoritative",
    "authzuserauthoritative", "authzownerauthoritative", "authzdefaultauthoritative",
)  # fmt: skip

#: What names lists of revoked certificates, and is looked into only where a directive says so since 2.4 (mod_ssl).
REVOCATION_LISTS = (
    "sslcarevocationfile", "sslcarevocationpath", "sslproxycarevocationfile", "sslproxycarevocationpath",
)  # fmt: skip

# -- proxies ------------------------------------------------------------------------------------------------------------

#: What may say by ``lbmethod=`` how a balancer chooses.
BALANCER_LINES = ("proxypass", "proxypassmatch", "proxyset", "balancermember")

# -- listings -----------------------------------------------------------------------------------------------------------

#: What says how a list looks (mod_autoindex).
LISTINGS = frozenset({
    "addalt", "addaltbyencoding", "addaltbytype", "adddescription", "addicon", "addiconbyencoding", "addiconbytype",
    "defaulticon", "headername", "indexheadinsert", "indexignore", "indexignorereset", "indexoptions", "indexorderdefault",
    "indexstylesheet", "readmename",
})  # fmt: skip

# -- visitors -----------------------------------------------------------------------------------------------------------

#: They say where the users of a basic log-in are.
USER_SOURCES = ("authuserfile", "authbasicprovider", "authbasicfake")
#: They set variables of a request, which an application is given in its environ.
SETS_VARIABLES = ("setenv", "setenvif", "setenvifnocase")


# -- what a host says of itself -----------------------------------------------------------------------------------------

#: And of no other: access, and the places that it is said for.
SAID_OF_PLACES = frozenset({
    *MERGED_SECTIONS, *LIMIT_SECTIONS, *REQUIRE_SECTIONS, *ORDER_KEYS, "allowoverride", "options", "require", "satisfy",
    "wsgiapplicationgroup", "wsgiprocessgroup",
})  # fmt: skip
#: And where its URLs lead: what is asked of other hosts, too, where an alias may hand out a script.
SAID_OF_ITSELF = SAID_OF_PLACES | frozenset({*ALIASES, *MOUNTS})

# -- what messages of the error log are about ---------------------------------------------------------------------------

#: How many requests httpd takes at once (mpm_common.c, and each MPM).
WORKERS = ("maxrequestworkers", "maxclients", "serverlimit", "threadsperchild", "threadlimit")
#: They may make a file a CGI program.
PROGRAM_MAKERS = ("addhandler", "sethandler", "scriptalias", "scriptaliasmatch")
#: They ask httpd for another URL of its own (core.c:ap_internal_redirect).
ASKING_AGAIN = ("rewriterule", "errordocument", "fallbackresource", "action")
#: Where Python looks, and which Python it is: outside of WSGIDaemonProcess.
PYTHON_SELECTORS = ("wsgipythonpath", "wsgipythonhome", "wsgiprocessgroup")
