"""The words that httpd takes of a directive which weighs them itself, beyond how many there are.

Each fault is what ``apache2 -t`` of 2.4.71 says (tests/httpd/test_values.py); words that are not called a fault may be one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial

from modwsgi_fix.expressions import expression
from modwsgi_fix.tuples import NamedTuple

Check = Callable[[str, Sequence[str]], str]

#: Directives that take some words and no others, whatever their case: each of their words has to be one. Then httpd's message,
#: in which ``@`` stands for the directive and ``{}`` for the word.
_ONE_OF = """
AcceptPathInfo on off default = @ must be set to on, off or default
AllowEncodedSlashes on off nodecode = @ must be On, Off, or NoDecode
AuthBasicUseDigestAlgorithm off md5 = Invalid algorithm in @: {}
AuthDigestAlgorithm md5 = Unsupported algorithm in @: {}
AuthDigestQop auth = @ is deprecated: only 'auth' is supported
AuthLDAPDereferenceAliases never searching finding always on off = Unrecognized value for @ directive
AuthMerging off and or = @ must be one of: Off | And | Or
BrotliAlterETag addsuffix nochange remove = @ accepts only 'AddSuffix', 'NoChange' and 'Remove'
CookieSameSite strict lax none = @ accepts 'Strict', 'Lax', or 'None'
CookieStyle netscape cookie cookie2 rfc2109 rfc2965 = Invalid @ keyword: '{}'
DeflateAlterETag addsuffix nochange remove = DeflateAlterETAG accepts only 'NoChange', 'AddSuffix', and 'Remove'
EnableMMAP on off = parameter must be 'on' or 'off'
EnableSendfile on off = parameter must be 'on' or 'off'
ForceLanguagePriority none prefer fallback = Invalid @ option {}
H2CopyFiles on off = value must be On or Off
H2Direct on off = value must be On or Off
H2EarlyHints on off = value must be On or Off
H2ModernTLSOnly on off = value must be On or Off
H2OutputBuffering on off = value must be On or Off
H2ProxyRequests on off = value must be On or Off
H2Push on off = value must be On or Off
H2Upgrade on off = value must be On or Off
H2WebSockets on off = value must be On or Off
HostnameLookups on off double = parameter must be 'on', 'off', or 'double'
LDAPReferrals on off default = @ must be 'on', 'off', or 'default'
LDAPTrustedMode none ssl tls starttls = Invalid @ setting: must be one of NONE, SSL, or TLS/STARTTLS
LuaCodeCache stat forever never = @ type of '{}' not recognized
LuaInherit none parent-first parent-last = @ type of '{}' not recognized
LuaScope once request conn thread server = Invalid value for @, '{}'
MultiviewsMatch any negotiatedonly filters handlers = Unrecognized option '{}'
Order deny,allow allow,deny mutual-failure = unknown order
ProtocolsHonorOrder on off = @ must be 'on' or 'off'
ProxyBadHeader iserror ignore startbody = must be one of: IsError | Ignore | StartBody
ProxyFCGIBackendType generic fpm = @ requires one of the following arguments: 'GENERIC', 'FPM'
ProxyStatus on off full = @ must be one of: off | on | full
ProxyVia on off block full = @ must be one of: off | on | full | block
Satisfy any all = @ either 'any' or 'all'.
ServerSignature on off email = @: use one of: off | on | email
ServerTokens prod productonly major minor min minimal os full \
 = @ takes 1 argument: 'Prod(uctOnly)', 'Major', 'Minor', 'Min(imal)', 'OS', or 'Full'
SSLEngine on off optional = Argument must be On or Off
SSLProxyVerify none off optional require on optional_no_ca = @: Invalid argument '{}'
SSLVerifyClient none off optional require on optional_no_ca = @: Invalid argument '{}'
TraceEnable on off extended = @ must be one of 'on', 'off', or 'extended'
UseCanonicalName on off dns = parameter must be 'on', 'off', or 'dns'
UseCanonicalPhysicalPort on off = parameter must be 'on' or 'off'
XBitHack on off full = @ must be set to Off, On, or Full
"""
#: The same of directives whose words may have a sign, or a value of their own behind a ``=``.
_EACH_OF = """
FileETag none all inode mtime size digest = Unknown keyword '{}' for @ directive
IndexOptions addaltclass charset descriptionwidth fancyindexing foldersfirst htmltable iconheight iconsarelinks iconwidth \
 ignorecase ignoreclient namewidth none scanhtmltitles showforbidden suppresscolumnsorting suppressdescription \
 suppresshtmlpreamble suppressicon suppresslastmodified suppressrules suppresssize trackmodified type \
 useolddateformat versionsort xhtml = Invalid directory indexing option
SSLOptions stdenvvars compatenvvars exportcertdata fakebasicauth strictrequire optrenegotiate legacydnstringformat \
 = @: Illegal option '{}'
SSLProtocol all sslv2 sslv3 tlsv1 tlsv1.1 tlsv1.2 tlsv1.3 = @: Illegal protocol '{}'
SSLProxyProtocol all sslv2 sslv3 tlsv1 tlsv1.1 tlsv1.2 tlsv1.3 = @: Illegal protocol '{}'
"""
#: Directives whose word is read as C's ``atoi`` reads it: the least and the most that httpd takes (``-``: any), and its message.
_NUMBERS = """
AuthFormSize 0 - = AuthCookieFormSize must be a size in bytes, or zero.
BalancerGrowth 0 1000 = @ must be between 0 and 1000
BrotliCompressionMaxInputBlock 16 24 = @ must be between 16 and 24
BrotliCompressionQuality 0 11 = @ must be between 0 and 11
BrotliCompressionWindow 10 24 = @ must be between 10 and 24
CacheDirLength 1 - = @ value must be an integer greater than 0
CacheDirLevels 1 - = @ value must be an integer greater than 0
CacheLockMaxAge 1 - = @ value must be a non-zero positive integer
DavMinTimeout 0 - = DAVMinTimeout requires a non-negative integer.
DeflateBufferSize 1 - = @ should be positive
DeflateCompressionLevel 1 9 = Compression Level must be between 1 and 9
DeflateInflateRatioBurst 1 - = @ must be positive
DeflateInflateRatioLimit 1 - = @ must be positive
DeflateMemLevel 1 9 = @ must be between 1 and 9
DeflateWindowSize 1 15 = @ must be between 1 and 15
H2MaxSessionStreams 1 - = value must be > 0
H2MaxWorkers 1 - = value must be > 0
H2MinWorkers 1 - = value must be > 0
H2StreamMaxMemSize 1024 - = value must be >= 1024
H2WindowSize 1024 - = value must be >= 1024
LDAPReferralHopLimit 1 - = @ must be greater than zero (Use 'LDAPReferrals Off' to disable referral chasing)
LDAPRetries 0 - = @ must be >= 0
LimitInternalRecursion 1 - = The recursion limit must be greater than zero.
LimitRequestFieldSize 0 - = LimitRequestFieldsize "{}" must be a non-negative integer
LimitRequestFields 0 - = @ "{}" must be a non-negative integer (0 = no limit)
LimitRequestLine 0 - = @ "{}" must be a non-negative integer
LimitXMLRequestBody 0 - = @ requires a non-negative integer.
ListenBackLog 1 - = ListenBacklog must be > 0
ListenCoresBucketsRatio 1 - = @ must be > 0
ListenTCPDeferAccept 1 - = @ must be > 0
MaxMemFree 0 - = Invalid @ value: {}
ProxyTimeout 1 - = Proxy Timeout must be at least 1 second.
SSLProxyVerifyDepth 0 - = @: Invalid argument '{}'
SSLRenegBufferSize 0 - = Invalid size for @: {}
SSLSessionCacheTimeout 0 - = @: Invalid argument
SSLStaplingErrorCacheTimeout 0 - = @: invalid argument
SSLStaplingResponderTimeout 0 - = @: invalid argument
SSLStaplingStandardCacheTimeout 0 - = @: invalid argument
SSLVerifyDepth 0 - = @: Invalid argument '{}'
ThreadStackSize 0 - = Invalid @ value: {}
"""
#: Directives whose first word has to be of a form, and httpd's message where it is not.
_FORMS = """
AuthDigestNonceLifetime [+-]?\\d+ = Invalid time in @: {}
AuthLDAPURL (?i:ldap[si]?)://.* = The scheme was not recognised as a valid LDAP URL scheme.
BufferSize \\s*[+]?0*[1-9].* = @ must be a size in bytes, and greater than zero
CGIScriptTimeout \\s*\\d*(?:$|s|h|m[si]).* = @ has wrong format
CookieDomain \\..* = @ values must begin with a dot
DBDExptime \\d+ = Argument must be numeric!
DBDKeep \\d+ = Argument must be numeric!
DBDMax \\d+ = Argument must be numeric!
DBDMin \\d+ = Argument must be numeric!
DeflateInflateLimitRequestBody \\d+ = @ requires a non-negative integer.
IndexOrderDefault (?i:ascending|descending) = First keyword must be 'Ascending' or 'Descending'
KeepAliveTimeout \\s*\\d*(?:$|s|h|m[si]).* = @ has wrong format
KeptBodySize \\d+ = @ must be a valid size in bytes, or zero.
LDAPRetryDelay \\s*\\d*(?:$|s|h|m[si]).* = @ has wrong format
LDAPTimeout -?\\d+ = Timeout not numerical
LimitRequestBody \\d+ = @ requires a non-negative integer.
MaxRangeOverlaps (?i:none|default|unlimited)|0*[1-9].* = @ requires 'none', 'default', 'unlimited' or a positive integer
MaxRangeReversals (?i:none|default|unlimited)|0*[1-9].* = @ requires 'none', 'default', 'unlimited' or a positive integer
MaxRanges (?i:none|default|unlimited)|0*[1-9].* = @ requires 'none', 'default', 'unlimited' or a positive integer
MemcacheConnTTL \\s*\\d*(?:$|s|h|m[si]).* = @ has wrong format
ProxyDomain \\..* = @: domain name must start with a dot.
ProxyErrorOverride (?i:on|off) = @ first parameter must be one of: off | on
RedisConnPoolTTL \\s*\\d*(?:$|s|h|m[si]).* = @ has wrong format
RedisTimeout \\s*\\d*(?:$|s|h|m[si]).* = @ has wrong format
RewriteBase /.* = @: argument is not a valid URL
SSLCARevocationCheck (?i:none|leaf|chain) = @: Invalid argument '{}'
SSLOCSPEnable (?i:on|off|leaf) = @: Invalid argument '{}'
SSLProxyCARevocationCheck (?i:none|leaf|chain) = @: Invalid argument '{}'
SSLRandomSeed (?i:startup|connect) = @: invalid context: `{}'
Substitute [sS].* = Bad @ format, must be an s/// pattern
SubstituteMaxLineLength \\d+[bBkKmMgG]? = @ must be a non-negative integer optionally suffixed with 'b', 'k', 'm' or 'g'.
VirtualDocumentRoot /.*|(?i:none) = format string must be an absolute path, or 'none'
VirtualDocumentRootIP /.*|(?i:none) = format string must be an absolute path, or 'none'
VirtualScriptAlias /.*|(?i:none) = format string must be an absolute path, or 'none'
VirtualScriptAliasIP /.*|(?i:none) = format string must be an absolute path, or 'none'
WSGIPythonHashSeed random|\\d+ = @ must be "random" or an integer in range [0; 4294967295]
"""
#: Directives of mod_wsgi that need a word, and what it says without one.
_NEEDED = {
    "wsgiaccessscript": "Location of access script not supplied.",
    "wsgiauthgroupscript": "Location of auth group script not supplied.",
    "wsgiauthuserscript": "Location of auth user script not supplied.",
    "wsgidispatchscript": "Location of dispatch script not supplied.",
    "wsgiimportscript": "Location of import script not supplied.",
}
_ATOI = expression(r"[ \t\n\v\f\r]*([+-]?\d+)")
#: Beyond this the number that ``atoi`` returns is no longer the one that stands there.
_SURE = 2**31
_ADDRESS = expression(r"[0-9a-fA-F.:]+(?:/[0-9.]+)?")
_FILTER = expression(r"[\w.+-]+")
_HIGHEST_PORT = 65_535
#: Kinds of caches of mod_ssl, of which some need a module, and some are gone.
_CACHES = frozenset(["none", "nonenotnull", "shm", "shmht", "dc", "shmcb", "dbm", "memcache", "redis", "default"])
#: What becomes of a header (mod_headers.c:header_inout_cmd).
_ACTIONS = frozenset(["add", "set", "setifempty", "append", "merge", "unset", "echo", "note", "edit", "edit*"])
_ONE_OF_THE_ACTIONS = "'add', 'set', 'setifempty', 'append', 'merge', 'unset', 'echo', 'note', 'edit', or 'edit*'"
_CONDITIONAL = expression(r"(?i:early)|(?i:env|expr)=.*", re.S)


def fault_of_values(name: str, words: Sequence[str]) -> str:
    """Return what httpd says of these words of a directive; empty where it may take them, or counts words alone."""
    check = _check(name.lower())
    return check(name, words) if check is not None else ""


def is_weighed(name: str) -> bool:
    """Whether httpd can refuse a directive for what its words are."""
    return name.lower() in _rows() or name.lower() in _OWN


@cache
def _check(key: str) -> Check | None:
    row = _rows().get(key)
    return row.make(row.takes, row.message) if row is not None else _OWN.get(key)


class _Row(NamedTuple):
    """A line of a table: what makes its check of what it takes and of its message."""

    make: Callable[[str, str], Check]
    takes: str
    message: str


@cache
def _rows() -> Mapping[str, _Row]:
    rows: dict[str, _Row] = {}
    for table, make in ((_ONE_OF, _one_of), (_EACH_OF, _each_of), (_NUMBERS, _between), (_FORMS, _of_form)):
        for line in table.strip().splitlines():
            head, message = line.split(" = ", 1)
            name, takes = head.split(maxsplit=1)
            rows[name.lower()] = _Row(make, takes.strip(), message.replace("@", name))
    return rows


def _one_of(known: str, message: str) -> Check:
    words = frozenset(known.split())

    def check(name: str, given: Sequence[str]) -> str:
        odd = next((word for word in given if word.lower() not in words), None)
        return message.replace("{}", odd) if odd is not None else ""

    return check


def _each_of(known: str, message: str) -> Check:
    words = frozenset(known.split())

    def check(name: str, given: Sequence[str]) -> str:
        # Words are read until there is an empty one.
        given = list(given)[: list(given).index("")] if "" in given else given
        odd = next((word for word in given if word.lstrip("+-").partition("=")[0].lower() not in words), None)
        return message.replace("{}", odd.lstrip("+-")) if odd is not None else ""

    return check


def _between(bounds: str, message: str) -> Check:
    least, most = (None if bound == "-" else int(bound) for bound in bounds.split())

    def check(name: str, given: Sequence[str]) -> str:
        found = _ATOI.match(given[0]) if given else None
        number = int(found[1][:20]) if found is not None else 0
        is_out = (least is not None and number < least) or (most is not None and number > most)
        return message.replace("{}", given[0]) if given and is_out and abs(number) < _SURE else ""

    return check


def _of_form(form: str, message: str) -> Check:
    pattern = expression(form, re.S)

    def check(name: str, given: Sequence[str]) -> str:
        return message.replace("{}", given[0]) if given and not pattern.fullmatch(given[0]) else ""

    return check


def _needed(message: str, name: str, words: Sequence[str]) -> str:
    return "" if words and words[0] else message


def _handler_script(name: str, words: Sequence[str]) -> str:
    if not words or not words[0]:
        return "Name for handler script not supplied."
    return "" if len(words) > 1 else "Location of handler script not supplied."


def _buffer(name: str, words: Sequence[str]) -> str:
    found = _ATOI.match(words[0]) if words else None
    number = int(found[1][:20]) if found is not None else 0
    is_small = number < 0 or 0 < number < 512
    return f"{name} must be >= 512 bytes, or 0 for system default." if is_small and number > -_SURE else ""


def _expires(name: str, words: Sequence[str]) -> str:
    """Return what is wrong with a time of mod_expires (mod_expires.c:check_code); only the first letters of its words count."""
    code = words[-1] if words else ""
    if not code or code[0] in "AM":
        return ""
    about = f"'{' '.join((name, *words))}': bad expires code"
    base, *rest = code.split()
    if base[0].lower() not in "nam":
        return f"{about}, unrecognised <base> '{base}'"
    if rest and rest[0][0] in "pP":
        del rest[0]
    for number, kind in zip(rest[::2], [*rest[1::2], ""], strict=False):
        if not number[0].isdigit():
            return f"{about}, numeric value expected <num> '{number}'"
        if not kind:
            return f"{about}, missing <type>"
        if kind[0].lower() not in "ywdhs" and kind[:2].lower() not in ("mo", "mi"):
            return f"{about}, unrecognised <type>'{kind}'"
    return ""


def _expires_by_type(name: str, words: Sequence[str]) -> str:
    if len(words) != 2:
        return ""
    return "" if "/" in words[0] else "Invalid mimetype: should contain a slash"


def _add_output_filter(name: str, words: Sequence[str]) -> str:
    if len(words) < 2:
        return f"{name} requires at least two arguments"
    odd = next((one for one in words[0].split(";") if one and not _FILTER.fullmatch(one)), None)
    return f"Unknown filter provider {odd}" if odd is not None else ""


def _index_redirect(name: str, words: Sequence[str]) -> str:
    word = words[0].lower() if words else ""
    found = _ATOI.match(word) if word[:1].isdigit() else None
    if word in ("on", "off", "permanent", "temp", "seeother") or (found is not None and 300 <= int(found[1][:9]) < 400):
        return ""
    return f"{name} " + ("only accepts values between 300 and 399" if found else "ON|OFF|permanent|temp|seeother|3xx")


def _access_log(name: str, words: Sequence[str]) -> str:
    condition = words[2].lower() if len(words) == 3 else "env="
    return "" if condition.startswith(("env=", "expr=")) else "error in condition clause"


def _action(name: str, words: Sequence[str]) -> str:
    return f"unrecognized option '{words[2]}'" if len(words) == 3 and words[2].lower() != "virtual" else ""


def _read_timeout(name: str, words: Sequence[str]) -> str:
    for word in words:
        if "=" not in word:
            return f"Invalid {name} parameter. Parameter must be in the form 'key=value'"
        if word.partition("=")[0].lower() not in ("handshake", "header", "body"):
            return f"{name}: {word}: Unknown {name} parameter"
    return ""


def _trusted_proxies(name: str, words: Sequence[str]) -> str:
    odd = next((word for word in words if not _ADDRESS.fullmatch(word)), None)
    return f'Unable to parse trusted proxy IP address/subnet of "{odd}".' if odd is not None else ""


def _error(name: str, words: Sequence[str]) -> str:
    return " ".join(words) or f"The {name} directive was used with no message."


def _allow(name: str, words: Sequence[str]) -> str:
    if [word.lower() for word in words[:1]] != ["from"]:
        return "allow and deny must be followed by 'from'" if len(words) > 1 else ""
    odd = any("/" in word and not _ADDRESS.fullmatch(word) and "=" not in word for word in words[1:])
    return "The specified IP address is invalid." if odd else ""


def _server_name(name: str, words: Sequence[str]) -> str:
    word = words[0] if words else ""
    if "*" in word or "?" in word:
        return f'Invalid ServerName "{word}" use ServerAlias to set multiple server names.'
    _, colon, port = word.rpartition("://")[2].partition(":")
    if not colon or "[" in word:
        return ""
    found = _ATOI.match(port)
    number = int(found[1][:9]) if found is not None else 0
    if 1 <= number <= _HIGHEST_PORT:
        return ""
    return f'The port number "{word}" is outside the appropriate range (i.e., 1..65535).'


def _cache(what: str, name: str, words: Sequence[str]) -> str:
    kind = words[0].partition(":")[0] if words else "default"
    return "" if kind.lower() in _CACHES else f"{name}: '{kind}' {what} cache not supported"


def _cipher_suite(name: str, words: Sequence[str]) -> str:
    kinds = ("ssl", "tlsv1.3")
    return f"protocol '{words[0]}' not supported" if len(words) == 2 and words[0].lower() not in kinds else ""


def _header(name: str, words: Sequence[str]) -> str:
    """Return why mod_headers refuses a line (mod_headers.c:header_cmd, header_inout_cmd)."""
    if name.lower() == "header" and words and words[0].lower() in ("always", "onsuccess"):
        words = words[1:]
    action, rest = words[0].lower() if words else "", list(words[2:])
    if action not in _ACTIONS:
        return f"first argument must be {_ONE_OF_THE_ACTIONS}."
    if len(rest) > 3:
        return "Too many arguments to directive"
    if action.startswith("edit"):
        if len(rest) < 2:
            return "Header edit requires a match and a substitution"
        condition = rest[2:]
    elif len(rest) > 2:
        return "Too many arguments to directive"
    elif action in ("unset", "echo"):
        if len(rest) > 1:
            return f"header {action} takes two arguments"
        condition = rest
    elif not rest:
        return "Header requires three arguments"
    else:
        condition = rest[1:]
    odd = next((word for word in condition if not _CONDITIONAL.fullmatch(word)), None)
    return f"Unknown parameter: {odd}" if odd is not None else ""


_OWN: dict[str, Check] = {
    **{name: partial(_needed, message) for name, message in _NEEDED.items()},
    "action": _action,
    "addoutputfilterbytype": _add_output_filter,
    "allow": _allow,
    "customlog": _access_log,
    "deny": _allow,
    "directoryindexredirect": _index_redirect,
    "error": _error,
    "expiresbytype": lambda name, words: _expires_by_type(name, words) or _expires(name, words),
    "expiresdefault": _expires,
    "globallog": _access_log,
    "header": _header,
    "proxyiobuffersize": _buffer,
    "proxyreceivebuffersize": _buffer,
    "receivebuffersize": _buffer,
    "requestheader": _header,
    "requestreadtimeout": _read_timeout,
    "sendbuffersize": _buffer,
    "servername": _server_name,
    "sslciphersuite": _cipher_suite,
    "sslproxyciphersuite": _cipher_suite,
    "sslsessioncache": partial(_cache, "session"),
    "sslstaplingcache": partial(_cache, "stapling"),
    "wsgihandlerscript": _handler_script,
    "wsgitrustedproxies": _trusted_proxies,
}
