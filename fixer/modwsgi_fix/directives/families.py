"""Families of directives and sections: sets of names that several parts of the project share.

Each is a set of names in lower case, as ``Item.key`` has them; a tuple where the order counts. A set that only one rule
needs stays with the rule. Contexts, arguments and versions of a single directive are in ``table.py``, and the number of
words before its options is in ``options.py``.
"""

from __future__ import annotations

# -- sections -----------------------------------------------------------------------------------------------------------

#: Conditions, which vanish once they are read: their contents belong to the enclosing section (core.c: ``start_ifmod``
#: and its neighbours, mod_version.c). ``<If>`` is not among them: it is evaluated for each request.
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
#: httpd reads an expression in them when it reads the line: in these two sections, or as words.
MAY_HAVE_EXPRESSION = ("if", "elseif", "setenvifexpr", "require", "rewritecond")
#: Beside expressions and mod_setenvif, these may ask for a header of the request.
NAMES_HEADERS = ("rewriterule", "logformat", "customlog", "errorlogformat")
#: They read other files in their place.
INCLUDES = frozenset({"include", "includeoptional"})
#: What decides which lines are read, and what their words mean: reading a server carries these out.
DIRECT_READING = INCLUDES | {"use", "define", "undefine", "loadmodule", "serverroot"}
#: httpd looks up or opens what they name when it reads the line, so a wrong word keeps it from starting.
READ_AT_ONCE = frozenset({"include", "includeoptional", "listen", "loadfile", "loadmodule", "use"})
#: Lines that do more than say something of their host, or ask for more than what is defined and loaded.
READ_ANEW = DIRECT_READING | {"iffile", "macro", "virtualhost"}
#: Their test may be a comparison with a ``>`` of its own (ap_expr, mod_version.c).
COMPARING = ("if", "elseif", "ifversion")
#: By the method; they stand in another section (core.c:ap_limit_section).
LIMIT_SECTIONS = ("limit", "limitexcept")
#: They group ``Require`` lines (mod_authz_core.c:add_authz_section).
REQUIRE_SECTIONS = frozenset({"requireall", "requireany", "requirenone"})

#: Sections that are merged for a file that a URL leads to, whatever else the request says.
MERGED_SECTIONS = frozenset({*DIRECTORY_SECTIONS, *FILES_SECTIONS, *LOCATION_SECTIONS})
#: Sections that an explanation of a refusal names: the merged ones, and conditions on the request.
PLACES = (*DIRECTORY_SECTIONS, *LOCATION_SECTIONS, *FILES_SECTIONS, "if")
#: Sections that are merged, those for proxied URLs included: the opening line takes one word, or ``~`` and one (core.c:
#: "Multiple <%s> arguments not (yet) supported.").
PATH_SECTIONS = MERGED_SECTIONS | frozenset(PROXY_SECTIONS)
#: None of these can stand in another (core.c:ap_check_cmd_context, ``NOT_IN_DIR_CONTEXT``): one that opens inside another
#: shows that the outer one was left open. ``<VirtualHost>`` may hold them, and may not stand in them.
DISJOINT_SECTIONS = frozenset({"virtualhost", *DIRECTORY_SECTIONS, *LOCATION_SECTIONS, *PROXY_SECTIONS})
#: They may stand in a section of the same name without an argument, so a second opening tag need not be a closing tag
#: that lost its slash.
BARE_SECTIONS = REQUIRE_SECTIONS | {"else", "perl", "authnprovideralias"}

# -- URLs ---------------------------------------------------------------------------------------------------------------

#: mod_alias, first list: asked before the aliases of the same level (mod_alias.c:translate_alias_redir).
REDIRECTS = ("redirect", "redirectmatch", "redirecttemp", "redirectpermanent")
#: mod_alias, second list.
ALIASES = ("alias", "aliasmatch", "scriptalias", "scriptaliasmatch")
#: Aliases whose first word is a prefix of URLs; inside ``<Location>`` they take the target alone.
PREFIX_ALIASES = ("alias", "scriptalias")
#: mod_wsgi's, asked after mod_alias (mod_wsgi.c:wsgi_register_hooks).
MOUNTS = ("wsgiscriptalias", "wsgiscriptaliasmatch")
#: Their target may refer to groups of their pattern (util.c:ap_pregsub); in ``<LocationMatch>`` a ProxyPassMatch has none.
MATCHES = ("redirectmatch", "aliasmatch", "scriptaliasmatch", "wsgiscriptaliasmatch", "proxypassmatch")
#: mod_vhost_alias: a file named after the Host of the request.
HOST_ALIASES = ("virtualdocumentroot", "virtualscriptalias", "virtualdocumentrootip", "virtualscriptaliasip")
#: By these the files of a directory are served.
FILE_MAPPINGS = (*ALIASES, "documentroot")
#: They lead from a URL to a file in ways that the model's questions about directories do not follow.
INDIRECT_MAPPINGS = ("rewriterule", "userdir", "virtualdocumentroot")
#: They may take any URL of a host to another server, or anywhere.
HANDED_ON = ("proxypass", "proxypassmatch", "rewriterule")

#: mod_rewrite by directory: the last section that has one of these is the only one whose rules count, unless RewriteOptions
#: says otherwise (mod_rewrite.c:config_perdir_merge).
REWRITING = ("rewriteengine", "rewritebase", "rewritecond", "rewriterule", "rewriteoptions")

#: Directories by a name in the request: of a user (mod_userdir), of a host (mod_vhost_alias).
NAMED_DIRECTORIES = ("userdir", *HOST_ALIASES)

# -- handlers -----------------------------------------------------------------------------------------------------------

#: mod_mime: a handler or a type by the extension of the file (mod_mime.c:find_ct).
EXTENSION_MAPPINGS = ("addhandler", "removehandler", "addtype", "removetype")
#: Other directives of mod_mime on extensions: they make an extension known, and a file with it a variant for MultiViews.
OTHER_EXTENSIONS = (
    "addlanguage", "removelanguage", "addencoding", "removeencoding", "addcharset", "removecharset", "addinputfilter",
    "removeinputfilter", "addoutputfilter", "removeoutputfilter",
)  # fmt: skip
#: Where one of these applies, a section answers by itself, and its grant opens no file.
ANSWERING = frozenset({"sethandler", "proxypass", "proxypassmatch", "dav", "wsgihandlerscript"})
#: Their first word is a script that runs in httpd's own processes and answers no request. It decides where a request
#: runs, whether a password is right, which groups a user is in, or which clients may come.
EMBEDDED_SCRIPTS = ("wsgidispatchscript", "wsgiauthuserscript", "wsgiauthgroupscript", "wsgiaccessscript")
#: Their first word is a script that mod_wsgi loads.
NAMES_SCRIPT = (*MOUNTS, *EMBEDDED_SCRIPTS, "wsgihandlerscript", "wsgiimportscript")
#: They may run Python in httpd's own processes; mounts may, too.
EMBEDDED_PYTHON = (*EMBEDDED_SCRIPTS, "wsgihandlerscript", "wsgiimportscript", "addhandler", "sethandler")
#: They make a file a WSGI script by its handler or type, where their word is one of mod_wsgi's.
HANDLER_LINES = ("addhandler", "sethandler", "addtype", "forcetype", "rewriterule")

# -- access -------------------------------------------------------------------------------------------------------------

#: Whom the old dialect admits by address or variable (mod_access_compat.c:check_dir_access).
ORDER_KEYS = frozenset({"order", "allow", "deny"})
#: The old dialect: what mod_access_compat reads.
OLD_ACCESS = ("order", "allow", "deny", "satisfy")
#: The access directives of a section that only admits, in either dialect.
GRANTS = frozenset({"order", "allow", "satisfy", "require"})
#: They change how the access lines of several sections combine, so the sections cannot be judged one by one.
COMBINING = ("satisfy", "authmerging", *EXPRESSION_SECTIONS, *sorted(REQUIRE_SECTIONS))
#: They name users and groups that processes run as.
ACCOUNTS = ("user", "group", "wsgidaemonprocess", "suexecusergroup")
#: They have requests answered as another user than httpd's (mpm-itk, mod_ruid2).
AS_OTHERS = ("assignuserid", "ruidgid")
#: How a log-in is asked for; where none of these stands, none is.
LOG_INS = ("authtype", "authbasicprovider", "authuserfile", "authname")
#: They ask for a log-in or a certificate, or refuse plain HTTP.
AUTHENTICATION = frozenset({
    *LOG_INS, "authgroupfile", "authdigestprovider", "sslrequiressl", "sslrequire", "sslverifyclient",
    "wsgiauthuserscript", "wsgiauthgroupscript", "wsgiaccessscript",
})  # fmt: skip
#: Access checkers outside of the two dialects: a program or an expression decides (``ap_hook_access_checker``).
FOREIGN_CHECKERS = ("wsgiaccessscript", "perlaccesshandler", "authnzfcgicheckauthnprovider", "sslrequire")
#: Access checkers that ``Satisfy Any`` passes over where a password is right (request.c:ap_process_request_internal).
SATISFIED_CHECKERS = ("sslrequiressl", "sslrequire", "wsgiaccessscript")
#: mod_speling: whether, and how, a missing file is taken for one with a similar name.
SPELLING = ("checkspelling", "checkcaseonly", "checkbasenamematch")
#: mod_setenvif: they set variables before access is checked, so that ``Require env`` sees them.
EARLY_VARIABLES = ("setenvif", "setenvifnocase", "browsermatch", "browsermatchnocase", "setenvifexpr")

#: mod_env: they set variables once access has been checked, for the application and ``%{ENV:...}``.
LATE_VARIABLES = ("setenv", "passenv", "unsetenv")

# -- what a line needs, says, or replaces -------------------------------------------------------------------------------

#: They name a file or directory that must be there when httpd starts.
MUST_EXIST = frozenset({
    "errorlog", "customlog", "transferlog", "documentroot", "sslcertificatefile", "sslcertificatekeyfile", "include",
    "loadmodule",
})  # fmt: skip
#: They open a file for writing when httpd starts (log.c:open_error_log, mod_log_config.c).
LOG_FILES = ("errorlog", "customlog", "transferlog")
#: They name a file with users' passwords or groups.
PASSWORD_FILES = ("authuserfile", "authdbmuserfile", "authdigestfile", "authgroupfile", "authdbmgroupfile")
#: They name providers of passwords.
PASSWORD_PROVIDERS = ("authbasicprovider", "authdigestprovider", "authformprovider")
#: What puts the content of an answer or request through filters.
FILTERS = ("setoutputfilter", "addoutputfilter", "addoutputfilterbytype", "setinputfilter", "addinputfilter")
#: They name a file that mod_ssl reads when httpd starts.
CERTIFICATES = (
    "sslcertificatefile",
    "sslcertificatekeyfile",
    "sslcertificatechainfile",
    "sslcacertificatefile",
    "sslcarevocationfile",
)
#: Their words are paths, URLs and options, and never texts or patterns, in which a quotation mark may be meant.
NAMES_OF_FILES = frozenset({
    *PREFIX_ALIASES, *CERTIFICATES, *LOG_FILES, *PASSWORD_FILES, *INCLUDES, *MUST_EXIST, "directory", "location", "files",
    "wsgiscriptalias", "wsgiimportscript", "wsgidaemonprocess", "wsgipythonhome", "wsgipythonpath", "wsgisocketprefix",
    "loadfile",
})  # fmt: skip
#: mod_wsgi has them only where it is built with daemon mode, which Windows lacks (mod_wsgi.c: wsgi_commands).
DAEMON_MODE = (
    "wsgidaemonprocess", "wsgiprocessgroup", "wsgisocketprefix", "wsgisocketrotation", "wsgiacceptmutex",
    "wsgirestrictprocess", "wsgirestrictembedded",
)  # fmt: skip
#: Where one of these is mended, an application answers that was not found, or did not run.
APPLICATION_LINES = frozenset({
    "wsgiscriptalias", "wsgidaemonprocess", "wsgiprocessgroup", "wsgipythonhome", "wsgipythonpath", "wsgicallableobject",
})  # fmt: skip
#: Their words are shown to people, so that a typographic quote may be intended.
SHOWN_TEXTS = frozenset({"authname", "errordocument", "serveradmin", "logformat", "customlog", "header", "setenv"})
#: Their last word is a text or a pattern, in which a semicolon may be intended.
FREE_TEXTS = frozenset({
    "setenv", "define", "header", "requestheader", "errordocument", "rewriterule", "rewritecond", "setenvif",
    "setenvifnocase", "substitute", "authname", "addoutputfilterbyschema", "logformat", "customlog", "redirect",
    "redirectmatch", "filterprovider", "browsermatch", "use",
})  # fmt: skip
#: A sign may stand before their words: ``-Indexes``, ``+TLSv1.3``.
SIGNED_WORDS = frozenset({"options", "indexoptions", "sslprotocol", "ssloptions", "proxyvia", "dbdparams"})

#: Locks that ``Mutex`` names since 2.4 (httpd 2.4, "Upgrading to 2.4 from 2.2"): tried on 2.4.71, invalid commands.
REMOVED_MUTEXES = ("lockfile", "acceptmutex", "sslmutex", "sslstaplingmutex", "rewritelock", "watchdogmutexpath")
#: Replaced by ``LogLevel rewrite:`` since 2.4.
REMOVED_REWRITE_LOGS = ("rewritelog", "rewriteloglevel")
#: Replaced by ``AuthzProviderAlias`` and the containers of ``Require`` since 2.4: tried on 2.4.71 with each of these
#: modules loaded, invalid commands.
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

#: They say how a listing looks (mod_autoindex).
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

#: What a host says of no other host: access, and the sections that it holds for.
SAID_OF_PLACES = frozenset({
    *MERGED_SECTIONS, *LIMIT_SECTIONS, *REQUIRE_SECTIONS, *ORDER_KEYS, "allowoverride", "options", "require", "satisfy",
    "wsgiapplicationgroup", "wsgiprocessgroup",
})  # fmt: skip
#: Where the URLs of a host lead, which rules also ask of other hosts: an alias there may hand out a script.
SAID_OF_ITSELF = SAID_OF_PLACES | frozenset({*ALIASES, *MOUNTS})

# -- what messages of the error log are about ---------------------------------------------------------------------------

#: They say how many requests httpd takes at once (mpm_common.c, and each MPM).
WORKERS = ("maxrequestworkers", "maxclients", "serverlimit", "threadsperchild", "threadlimit")
#: They may make a file a CGI program.
PROGRAM_MAKERS = ("addhandler", "sethandler", "scriptalias", "scriptaliasmatch")
#: They make httpd ask itself for another of its URLs (core.c:ap_internal_redirect).
ASKING_AGAIN = ("rewriterule", "errordocument", "fallbackresource", "action")
#: Which Python runs and where it looks for modules, outside of WSGIDaemonProcess.
PYTHON_SELECTORS = ("wsgipythonpath", "wsgipythonhome", "wsgiprocessgroup")
