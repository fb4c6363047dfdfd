"""What administrators write, for the servers of ``usual.py``: files, URLs, access, expressions, rules of mod_rewrite and the like."""

from __future__ import annotations

import base64

from .application import app
from .root import SITE, Link, Tree

# fmt: off
#: Requests on one server.
PROBES = 30
MODULES = (
    "actions", "negotiation", "cgi", "allowmethods", "authz_groupfile", "authn_anon", "proxy", "proxy_http", "proxy_balancer",
    "slotmem_shm", "lbmethod_byrequests", "proxy_fcgi", "include", "macro", "status", "info", "filter", "deflate", "expires",
    "authz_owner", "reqtimeout", "remoteip", "asis", "userdir", "vhost_alias", "speling", "imagemap",
)
#: Nobody listens there.
BACKEND = "http://127.0.0.1:9"
USERS = f"{SITE}/users"

TREE: Tree = {
    "shop/app.wsgi": app("shop"),
    "shop/wsgi.py": app("shop py"),
    "shop/settings.py": "SECRET",
    "shop/static/site.css": "css",
    "shop/static/page.html": "<p>static page</p>",
    "shop/static/img/logo.txt": "logo",
    "shop/static/img/index.html": "images",
    "shop/static/.htaccess": "",
    "shop/media/file.txt": "file",
    "shop/media/tool.py": app("tool"),
    "shop/media/deep/down.txt": "down",
    "blog/blog.wsgi": app("blog"),
    "blog/admin.wsgi": app("admin"),
    "blog/static/site.css": "css of blog",
    "www/index.html": "front",
    "www/index.htm": "front htm",
    "www/page.html": "page",
    "www/page.txt": "page as text",
    "www/plain.txt": "plain",
    "www/maintenance.html": "maintenance",
    "www/error/404.html": "sorry",
    "www/error/403.html": "no entry",
    "www/docs/home.html": "home of docs",
    "www/docs/readme.txt": "read me",
    "www/docs/old/a.txt": "a",
    "www/docs/one.en": "english",
    "www/apps/tool.py": app("www tool"),
    "www/apps/hello.wsgi": app("hello"),
    "www/apps/index.wsgi": app("index"),
    "www/apps/index.py": app("index py"),
    "www/cgi-bin/run.cgi": "#!/bin/sh\necho Content-Type: text/plain\necho\necho program\n",
    "www/cgi-bin/run.py": "#!/bin/sh\necho Content-Type: text/plain\necho\necho python\n",
    "www/private/key.pem": "key",
    "www/private/index.html": "private",
    "www/link": Link("../shop/static"),
    "www/out": Link("../blog"),
    "www/empty": None,
    "www/site.css": "css of www",
    "www/a b.txt": "blank",
    "www/.git/config": "git",
    "www/.well-known/acme-challenge/token": "token",
    "www/joe/~x.txt": "x",
    "www/map.map": "map",
    "www/head.asis": "Status: 200 OK\nContent-Type: text/plain\n\nas it is\n",
    "users": "joe:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\nann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n",
    "groups": "staff: joe\nguests: ann\n",
    "table.txt": "docs /docs/home.html\nshop /shop/x\nold  /page.html\n",
    "flag": "",
}

LOGINS = tuple(
    (("Authorization", "Basic " + base64.b64encode(words).decode("ascii")),)
    for words in (b"joe:secret", b"ann:secret", b"joe:wrong")
)
HEADERS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("X-Forwarded-Proto", "https"),), (("X-Forwarded-For", "10.0.0.1"),), (("Cookie", "session=1; x=2"),), (("User-Agent", "BadBot/1.0"),),
    (("Referer", "http://a.example/"),), (("Accept", "text/html"),), (("Accept-Language", "en"),), (("X-Trusted", "yes"),), (("User-Agent", "Mozilla/5.0"),),
)
NAMES = (
    "a.example",
    "www.a.example",
    "b.example",
    "static.a.example",
    "x.b.example",
    "other.invalid",
    "A.EXAMPLE",
    "a.example.",
    "default.invalid",
)

URLS = (
    "/", "/shop", "/shop/", "/shop/x", "/shop/x/y?q=1", "/blog", "/blog/x", "/blog/admin", "/static/site.css", "/static/page.html", "/static/", "/static", "/static/img/",
    "/static/img", "/static/img/logo.txt", "/static/none.css", "/static/.htaccess", "/media/file.txt", "/media/tool.py", "/media/deep/", "/media/deep/down.txt", "/media/", "/page.html",
    "/page", "/plain.txt", "/docs/", "/docs", "/docs/home.html", "/docs/readme.txt", "/docs/old/a.txt", "/docs/old/", "/docs/one", "/apps/", "/apps/tool.py", "/apps/tool.py/info", "/apps/hello.wsgi",
    "/apps/hello.wsgi/x/y", "/apps/tool", "/apps/hello", "/cgi-bin/run.cgi", "/cgi-bin/run.py/info", "/cgi-bin/", "/private/", "/private/key.pem", "/private", "/link/site.css", "/out/static/site.css", "/out/blog.wsgi", "/empty/",
    "/empty", "/site.css", "/a%20b.txt", "/.git/config", "/.well-known/acme-challenge/token", "/admin", "/admin/", "/admin/x", "/api", "/api/v1/x", "/old", "/old/x", "/new", "/missing",
    "/missing/x.html", "/index.html", "/index.php", "/wp-login.php", "//docs//readme.txt", "/docs/../plain.txt", "/docs%2Freadme.txt", "/%64ocs/readme.txt", "/go/docs", "/go/none", "/x.php",
    "/server-status", "/page.html/more", "/docs/home.html/x", "/maintenance.html", "/error/404.html", "/SHOP/x", "/shopx", "/staticx", "/shop/static/site.css", "/login", "/robots.txt", "/favicon.ico",
    "/docs/?page=2", "/plain.txt?id=7&x=", "/search?q=a%20b", "/joe/~x.txt", "/~joe/x", "/head.asis", "/index.htm", "/Plain.TXT", "/shop.wsgi", "/app.wsgi", "/settings.py", "/wsgi.py/x", "/static//site.css", "/a+b.txt",
)


# -- access and log-ins ---------------------------------------------------------------------------------------------

BASIC = ["AuthType Basic", 'AuthName "Members only"', f"AuthUserFile {USERS}"]
ACCESS: tuple[list[str], ...] = (
    *[["Require all granted"]] * 9, ["Require all denied"], ["Require ip 127.0.0.1"], ["Require not ip 10.0.0.1", "Require all granted"], ["Require ip 127.0.0.0/255.0.0.0"], ["Require ip 10 192.168"],
    ["Require local"], ["Require host localhost"], ["Require method GET HEAD"], ["Require method GET POST OPTIONS"], ["Require env TRUSTED"], ["Require env TRUSTED BOT"],
    ["Require expr \"%{HTTP_USER_AGENT} !~ /BadBot/\""], ["Require expr %{REQUEST_METHOD} == 'GET'"], ["Require expr \"%{HTTPS} == 'on'\""], ["Require expr \"req('X-Trusted') == 'yes'\""],
    ["Require expr \"%{REQUEST_URI} =~ m#^/(docs|static)#\""], ["Require expr \"%{QUERY_STRING} =~ /id=/\""], ["Require forward-dns localhost"],
    [*BASIC, "Require valid-user"], [*BASIC, "Require user joe"], [*BASIC, "Require user ann bob"], [*BASIC, "AuthBasicProvider file", "Require valid-user"],
    [*BASIC, f"AuthGroupFile {SITE}/groups", "Require group staff"], [*BASIC, f"AuthGroupFile {SITE}/groups", "Require group guests admins"], [*BASIC, f"AuthGroupFile {SITE}/groups", "Require not group guests", "Require valid-user"],
    [*BASIC, "<RequireAny>", "Require ip 10.0.0.0/8", "Require valid-user", "</RequireAny>"], [*BASIC, "<RequireAll>", "Require valid-user", "Require ip 10.0.0.0/8", "</RequireAll>"],
    ["<RequireAll>", "Require all granted", "Require not env BOT", "</RequireAll>"], ["<RequireAll>", "Require all granted", "<RequireNone>", "Require ip 10.1", "Require env BOT", "</RequireNone>", "</RequireAll>"],
    ["<RequireAny>", "<RequireAll>", "Require ip 127", "Require method GET", "</RequireAll>", "Require env TRUSTED", "</RequireAny>"], ["<RequireNone>", "Require ip 10.0.0.1", "</RequireNone>"],
        ["<RequireAll>", "<RequireAny>", "Require env TRUSTED", "Require method GET", "</RequireAny>", "Require not ip 10.0.0.1", "</RequireAll>"],
    ["AuthType None", "Require all granted"], ["AuthType None"], ["AuthMerging And", "Require method GET"], ["AuthMerging Or", "Require ip 127.0.0.1"], ["AuthMerging And", "Require not env BOT", "Require all granted"],
    ["<Limit POST PUT DELETE>", "Require all denied", "</Limit>"], ["<LimitExcept GET HEAD OPTIONS>", "Require all denied", "</LimitExcept>"], ["<LimitExcept GET POST>", "Order deny,allow", "Deny from all", "</LimitExcept>"],
    ["<Limit GET POST>", "Order allow,deny", "Allow from all", "</Limit>"], ["<Limit POST>", *BASIC[:0], "Require ip 10.0.0.1", "</Limit>", "Require all granted"], [*BASIC, "<LimitExcept GET>", "Require valid-user", "</LimitExcept>"],
    [*BASIC, "<Limit GET>", "Require user joe", "</Limit>", "<Limit POST>", "Require user ann", "</Limit>"],
    ["Order allow,deny", "Allow from all"], ["Order deny,allow", "Deny from all", "Allow from 127.0.0.1"], ["Order Deny,Allow", "Deny from 10.0.0.0/8"], ["Order allow,deny", "Allow from env=TRUSTED"], ["Order deny,allow", "Deny from env=BOT"],
    ["Order allow,deny", "Allow from localhost"], ["Order deny,allow", "Deny from all", "Allow from example.com"], ["Order Allow,Deny", "Allow from all", "Deny from 127.0.0.1 10.0.0.1"],
    [*BASIC, "Require valid-user", "Order deny,allow", "Deny from all", "Allow from 10.0.0.1", "Satisfy Any"], [*BASIC, "Require valid-user", "Order deny,allow", "Deny from all", "Allow from 127.0.0.1", "Satisfy any"],
    [*BASIC, "Require valid-user", "Satisfy All", "Order allow,deny", "Allow from all"], ["Satisfy Any", "Order allow,deny", "Allow from all"], ["Satisfy Any", "Order deny,allow", "Deny from all", "Require all granted"],
    ["AuthBasicAuthoritative Off", *BASIC, "Require valid-user"], ["AuthName x", "Require valid-user"], ["AuthType Basic", "AuthName x", "Require valid-user"], ["Require valid-user"], [*BASIC], ["AuthzSendForbiddenOnFailure On", *BASIC, "Require user ann"],
    ["AuthType Basic", "AuthName x", "AuthBasicProvider anon", "Anonymous *", "Require valid-user"], ["Require file-owner"], ["AllowMethods GET HEAD"], ["AllowMethods reset"], ["AllowMethods -POST"], ["AllowMethods GET POST OPTIONS TRACE"],
    ["AuthBasicFake joe secret", *BASIC, "Require valid-user"], ["Require all granted", "Require all denied"], ["Require user joe"], ["Require ip 127.0.0.1 ::1", "Require all denied"],
)

EXPRESSIONS = (
    "%{REQUEST_URI} =~ m#^/docs#", "%{REQUEST_URI} =~ /\\.txt$/", "%{HTTP_HOST} == 'a.example'", "%{HTTP_HOST} =~ /^www\\./i", "%{SERVER_PORT} == '80'", "%{SERVER_PORT} -eq 443", "%{HTTPS} == 'on'", "%{HTTPS} != 'on'",
    "%{REQUEST_METHOD} == 'POST'", "%{REQUEST_METHOD} in {'GET','HEAD'}", "%{REQUEST_METHOD} -in {'GET','HEAD'}", "-n %{QUERY_STRING}", "-z %{QUERY_STRING}", "%{QUERY_STRING} =~ /(^|&)id=\\d+/", "-R '127.0.0.0/8'", "-R '10.0.0.0/8'",
    "%{REMOTE_ADDR} -ipmatch '127.0.0.0/8'", "%{HTTP_USER_AGENT} =~ /bot/i", "%{HTTP_COOKIE} =~ /session=/", "req('X-Forwarded-Proto') == 'https'", "%{HTTP:X-Forwarded-Proto} == 'https'", "-T env('TRUSTED')", "reqenv('TRUSTED') == '1'",
    "%{ENV:BOT} == '1'", "-f '/srv/site/flag'", "-e '/srv/site/none'", "-f %{REQUEST_FILENAME}", "! -e %{REQUEST_FILENAME}", "-d %{REQUEST_FILENAME}", "%{REQUEST_FILENAME} =~ /html$/", "%{DOCUMENT_ROOT} == '/srv/site/www'",
    "%{SERVER_NAME} == 'a.example'", "%{REMOTE_USER} == 'joe'", "-n %{REMOTE_USER}", "true", "false", "%{REQUEST_SCHEME} == 'http'", "%{THE_REQUEST} =~ m#^GET /docs#", "%{HANDLER} == 'wsgi-script'", "%{IPV6} == 'off'", "%{REQUEST_URI} == '/plain.txt'",
    "%{REQUEST_URI} -strmatch '/static/*'", "%{REQUEST_URI} -strmatch '/docs/*' && %{REQUEST_METHOD} == 'GET'", "!(%{REQUEST_URI} =~ m#^/shop#) || false", "tolower(%{HTTP_HOST}) == 'a.example'", "%{SERVER_PROTOCOL} == 'HTTP/1.1'", "'%{REQUEST_URI}x' == '/x'",
    "%{HTTP_ACCEPT} =~ /html/", "%{HTTP_REFERER} == ''", "%{CONTENT_TYPE} == ''", "%{PATH_INFO} == ''", "-n %{PATH_INFO}", "%{SCRIPT_FILENAME} =~ /wsgi/", "%{TIME_YEAR} -ge 2020", "%{TIME_HOUR} -lt 24", "%{API_VERSION} -gt 1", "%{CONN_REMOTE_ADDR} == '127.0.0.1'",
    "%{REQUEST_URI} =~ m#^/(shop|blog)# && -n req('Cookie')", "%{CONTEXT_PREFIX} == '/static'", "%{LAST_MODIFIED} == ''", "file('/srv/site/flag') == ''", "filesize('/srv/site/flag') -eq 0", "%{SERVER_SOFTWARE} =~ /Apache/", "1 -lt 2", "'b' > 'a'", "%{REQUEST_URI} >= '/m'",
    "%{HTTP_HOST} != 'a.example' && %{HTTP_HOST} != 'b.example'", "%{REQUEST_STATUS} == '200'", "%{HTTP2} != 'on'",
    "-s '/srv/site/users'", "-L '/srv/site/www/link'", "-h '/srv/site/www/link'", "-x '/srv/site/www/cgi-bin/run.cgi'", "-U '/shop'", "base64('a') == 'YQ=='",
)

# -- what may stand in sections -------------------------------------------------------------------------------------

OPTIONS = (
    "Options None", "Options All", "Options Indexes FollowSymLinks", "Options +Indexes", "Options -Indexes", "Options FollowSymLinks", "Options SymLinksIfOwnerMatch", "Options ExecCGI", "Options +ExecCGI", "Options Includes", "Options +IncludesNoExec",
    "Options MultiViews", "Options +MultiViews +Indexes", "Options -MultiViews", "Options Indexes MultiViews FollowSymLinks", "Options -FollowSymLinks +SymLinksIfOwnerMatch", "Options +FollowSymLinks -Indexes", "Options -ExecCGI",
)
INDEX = (
    "DirectoryIndex index.html index.htm", "DirectoryIndex home.html", "DirectoryIndex index.php index.html", "DirectoryIndex disabled", "DirectoryIndex index.wsgi index.html", "DirectoryIndex index.py", "DirectoryIndex /shop/", "DirectoryIndex none.html /page.html",
    "DirectoryIndex", "DirectoryIndex index.html disabled", "DirectorySlash Off", "DirectorySlash On", "DirectoryCheckHandler On", "DirectoryCheckHandler Off", "FallbackResource /page.html", "FallbackResource /shop/fallen", "FallbackResource disabled",
    "FallbackResource /index.wsgi", "FallbackResource /none.html", "FallbackResource index.html", "DirectoryIndexRedirect on", "DirectoryIndexRedirect permanent", "DirectoryIndex page.html\nDirectoryIndex home.html", "IndexIgnore *.txt", "IndexOptions FancyIndexing",
    "DirectoryIndex old/a.txt", "DirectoryIndex ../plain.txt", "FallbackResource /docs/home.html",
)
HANDLERS = (
    "AddHandler wsgi-script .py", "AddHandler wsgi-script .wsgi", "AddHandler wsgi-script .wsgi .py", "AddHandler cgi-script .py", "AddHandler cgi-script .cgi .py", "SetHandler wsgi-script", "SetHandler cgi-script", "SetHandler default-handler", "SetHandler None", "SetHandler server-status",
    "SetHandler server-info", "AddHandler send-as-is asis", "AddHandler default-handler .py", "RemoveHandler .py", "RemoveHandler .wsgi .cgi", "RemoveType .html", "AddType text/plain .py", "AddType application/x-httpd-wsgi .py", "AddType text/html .html .htm", "ForceType text/plain", "ForceType None",
    "ForceType application/x-httpd-wsgi", "Action run /shop/run", "AddHandler run .py", "Action run /shop/run virtual", "Action text/plain /cgi-bin/run.cgi", "Action run-cgi /cgi-bin/run.cgi", "AddHandler run-cgi .txt", "SetHandler run", "Script PUT /shop/put", "Script POST /cgi-bin/run.cgi",
    "AddHandler application/x-python .py", "AddHandler python-program .py", "AddHandler mod_python .py", "SetHandler mod_python", "AddHandler imap-file map", "AddOutputFilter INCLUDES .html", "AddOutputFilter DEFLATE css", "SetOutputFilter DEFLATE", "AddType text/html .shtml",
    "AddHandler server-parsed .shtml", "XBitHack on", f"SetHandler proxy:{BACKEND}/", "SetHandler \"proxy:fcgi://127.0.0.1:9\"", f"SetHandler \"proxy:unix:/run/x.sock|{BACKEND}/\"", "SetHandler \"%{HTTP:X-Handler}\"", "SetHandler \"expr=%{req:X-Handler}\"", "AddLanguage en .en", "AddCharset utf-8 .txt", "AddEncoding x-gzip .gz",
    "AddHandler proxy:fcgi://127.0.0.1:9 .php", "AddHandler wsgi-script py", "MultiviewsMatch Any", "MultiviewsMatch Handlers", "ModMimeUsePathInfo On", "SetHandler balancer-manager", "SetHandler type-map", "AddHandler type-map var", "CheckSpelling Off", "RemoveOutputFilter html",
)
WSGI = (
    "WSGIProcessGroup shared", "WSGIProcessGroup %{GLOBAL}", "WSGIProcessGroup other", "WSGIProcessGroup absent", "WSGIProcessGroup %{ENV:GROUP}", "WSGIApplicationGroup %{GLOBAL}", "WSGIApplicationGroup %{SERVER}", "WSGIApplicationGroup %{RESOURCE}", "WSGIApplicationGroup %{HOST}",
    "WSGIApplicationGroup shop", "WSGIApplicationGroup %{ENV:NAME}", "WSGIPassAuthorization On", "WSGIPassAuthorization Off", "WSGIScriptReloading Off", "WSGIScriptReloading On", "WSGICallableObject application", "WSGICallableObject app", "WSGICallableObject %{ENV:NAME}",
    "WSGIRestrictProcess shared", "WSGIRestrictProcess shared other", "WSGIRestrictProcess %{GLOBAL}", "SetEnv GROUP shared", "SetEnv NAME application", "PassEnv GROUP", "UnsetEnv GROUP", "SetEnvIf Request_URI shop GROUP=other", "CGIPassAuth On", "CGIPassAuth Off", "WSGIErrorOverride On", "WSGIChunkedRequest On",
    "WSGIAccessScript /srv/site/shop/app.wsgi", "WSGIMapHEADToGET Off", "WSGIProcessGroup %{RESOURCE}", "WSGIProcessGroup %{SERVER}", "WSGIProcessGroup %{HOST}", "SetEnv wsgi.process_group shared", "SetEnv wsgi.application_group named",
    "SetEnv mod_wsgi.process_group shared", "WSGIEnableSendfile On", "WSGIHandlerScript run /srv/site/shop/app.wsgi", "WSGIHandlerScript mod_python /srv/site/blog/blog.wsgi", "WSGIHandlerScript run /srv/site/shop/app.wsgi process-group=shared application-group=%{GLOBAL}",
)
OTHERS = (
    "AcceptPathInfo On", "AcceptPathInfo Off", "AcceptPathInfo Default", "ErrorDocument 404 /error/404.html", "ErrorDocument 403 /error/403.html", "ErrorDocument 404 /shop/404", "ErrorDocument 403 /shop/denied", "ErrorDocument 401 /shop/login", "ErrorDocument 404 \"Not here.\"", "ErrorDocument 403 \"No entry",
    "ErrorDocument 404 http://a.example/page.html", "ErrorDocument 404 default", "ErrorDocument 500 /error/404.html", "ErrorDocument 503 /maintenance.html", "ErrorDocument 404 /none.html", "ErrorDocument 403 default", "ErrorDocument 404 \"%{REQUEST_URI} is missing\"", "ErrorDocument 405 /page.html", "ErrorDocument 404 /docs/",
    "EnableSendfile Off", "FileETag None", "Header set X-A b", "Header always set X-Frame-Options DENY", "RequestHeader set X-Forwarded-Proto https", "RequestHeader unset Authorization", "ExpiresActive On", "SetEnv X y", "LimitRequestBody 100", "ServerSignature Off", "KeepAlive Off",
    "SetEnvIf User-Agent BadBot BOT=1", "SetEnvIfNoCase User-Agent badbot BOT=1", "SetEnvIf X-Trusted yes TRUSTED=1", "SetEnvIf Request_URI \"^/docs\" TRUSTED=1", "SetEnvIf Remote_Addr \"127\\.0\\.0\\.1\" TRUSTED=1", "BrowserMatchNoCase bot BOT=1", "SetEnvIfExpr \"%{REQUEST_URI} =~ m#docs#\" TRUSTED=1",
    "SetEnvIf Host example !BOT", "SetEnvIf TRUSTED 1 BOT=1", "SetEnvIf Request_Method POST BOT=1", "SetEnvIf Request_Protocol HTTP/1.1 TRUSTED=1", "SetEnvIf Server_Addr ^127 TRUSTED=1", "SetEnvIf ^X-T.* yes TRUSTED=1", "UseCanonicalName On", "UseCanonicalName DNS", "UseCanonicalPhysicalPort On",
    "ContentDigest On", "DefaultType text/plain", "DefaultType None", "CacheDisable /", "RedirectRelative On", "TimeOut 30", "LimitXMLRequestBody 0", "HostnameLookups Off", "LogLevel debug", "EnableMMAP Off", "SetInputFilter DEFLATE", "RewriteOptions Inherit", "QualifyRedirectURL On", "CheckCaseOnly On", "FilterDeclare X",
)
REDIRECTS = (
    "Redirect /old /new", "Redirect 301 /old http://www.a.example/new", "Redirect permanent /old https://a.example/new/", "RedirectMatch ^/old/(.*)$ /new/$1", "RedirectMatch 301 (.*)\\.php$ http://a.example$1.html", "Redirect gone /private", "Redirect 404 /docs/old", "RedirectMatch 404 /\\.git", "RedirectMatch 403 \\.py$",
    "RedirectPermanent /admin/ https://a.example/admin/", "RedirectTemp /login /shop/login", "Redirect seeother /api /blog/", "RedirectMatch ^/$ /shop/", "Redirect 307 /docs/ /static/", "RedirectMatch temp ^/blog$ /blog/", "RedirectMatch \"^/(?!shop|static)(.*)\" https://b.example/$1", "Redirect / https://www.a.example/",
    "RedirectMatch gone .*\\.bak$", "RedirectMatch ^/go/(\\w+)$ /$1?from=go", "Redirect 451 /media/deep", "Redirect /page.html /page.txt?x=1", "RedirectMatch 308 ^/api(?:/v(\\d))?(/.*)?$ /blog/$1$2", "Redirect 410 /missing", "RedirectMatch (?i)^/SHOP/(.*)$ /shop/$1", "Redirect 500 /search", "RedirectMatch 302 ^/docs/?$ http://docs.invalid",
)
MAPPINGS = (
    f"Alias /static {SITE}/shop/static", f"Alias /static/ {SITE}/shop/static/", f"Alias /static/ {SITE}/shop/static", f"Alias /static {SITE}/shop/static/", f"Alias /media {SITE}/shop/media", f"Alias /media/deep {SITE}/www/docs", f"AliasMatch ^/static/(.*)$ {SITE}/shop/static/$1",
    f"AliasMatch ^/(static|media)/(.+) {SITE}/shop/$1/$2", f"AliasMatch /([^/]+)\\.css$ {SITE}/shop/static/$1.css", f"AliasMatch ^/media {SITE}/shop/media", f"AliasMatch (?i)^/STATIC/(.*) {SITE}/shop/static/$1", f"Alias /robots.txt {SITE}/www/plain.txt", f"Alias /favicon.ico {SITE}/www/plain.txt", f"Alias /private {SITE}/www/docs",
    f"Alias / {SITE}/www/", f"Alias /docs/old {SITE}/shop/media", f"ScriptAlias /cgi-bin/ {SITE}/www/cgi-bin/", f"ScriptAlias /cgi-bin {SITE}/www/cgi-bin", f"ScriptAliasMatch ^/cgi-bin/(.*) {SITE}/www/cgi-bin/$1", f"ScriptAliasMatch ^/api(/.*)?$ {SITE}/www/cgi-bin/run.cgi$1", f"ScriptAlias /run {SITE}/www/cgi-bin/run.cgi", f"Alias /error {SITE}/www/error",
    f"AliasMatch ^/joe(?:/(.*))?$ {SITE}/www/joe/$1", f"Alias \"/a b.txt\" \"{SITE}/www/a b.txt\"", "Alias /static shop/static", f"AliasMatch ^/docs/([^.]*)$ {SITE}/www/docs/$1.html", f"Alias /apps {SITE}/www/apps",
)
MOUNTS = (
    f"WSGIScriptAlias / {SITE}/shop/app.wsgi", f"WSGIScriptAlias /shop {SITE}/shop/app.wsgi", f"WSGIScriptAlias /shop {SITE}/shop/app.wsgi", f"WSGIScriptAlias /shop/ {SITE}/shop/app.wsgi/", f"WSGIScriptAlias /shop {SITE}/shop/wsgi.py process-group=shared", f"WSGIScriptAlias /blog {SITE}/blog/blog.wsgi",
    f"WSGIScriptAlias /blog/admin {SITE}/blog/admin.wsgi", f"WSGIScriptAlias /blog {SITE}/blog/blog.wsgi process-group=%{{ENV:GROUP}} application-group=%{{GLOBAL}}", f"WSGIScriptAliasMatch ^/(shop|api) {SITE}/shop/app.wsgi", f"WSGIScriptAliasMatch ^/([^/.]+)\\.wsgi {SITE}/shop/$1.wsgi", f"WSGIScriptAliasMatch ^/api(/|$) {SITE}/blog/blog.wsgi$1",
    f"WSGIScriptAliasMatch ^/blog(?=/|$) {SITE}/blog/blog.wsgi", f"WSGIScriptAliasMatch (?i)^/shop {SITE}/shop/app.wsgi application-group=named", f"WSGIScriptAlias /apps {SITE}/www/apps", f"WSGIScriptAlias /apps/ {SITE}/www/apps/", f"WSGIScriptAlias /admin {SITE}/blog/none.wsgi", f"WSGIScriptAlias /shop {SITE}/shop/app.wsgi callable-object=app",
    f"WSGIScriptAliasMatch / {SITE}/shop/app.wsgi", f"WSGIScriptAliasMatch ^ {SITE}/shop/app.wsgi", f"WSGIScriptAlias /shop {SITE}/shop/app.wsgi application-group=%{{RESOURCE}}", f"WSGIScriptAlias /go {SITE}/blog/blog.wsgi pass-authorization=On", f"WSGIScriptAlias /shop {SITE}/shop/app.wsgi process-group=other application-group=%{{HOST}}", f"WSGIScriptAlias \"/shop/x\" \"{SITE}/blog/blog.wsgi\"",
    f"WSGIScriptAliasMatch ^/(\\w+)/admin {SITE}/$1/admin.wsgi", f"WSGIScriptAlias /docs {SITE}/shop/app.wsgi process-group=%{{GLOBAL}}", f"WSGIScriptAlias /api {SITE}/blog/blog.wsgi enable-sendfile=On", f"WSGIScriptAlias /login {SITE}/shop/app.wsgi process-group=absent",
)
PROXIES: tuple[list[str], ...] = (
    [f"ProxyPass /api {BACKEND}/api"], [f"ProxyPass /api/ {BACKEND}/"], ["ProxyPass /static !", f"ProxyPass / {BACKEND}/"], ["ProxyPass /static/ !", "ProxyPass /shop !", f"ProxyPass / {BACKEND}/"], [f"ProxyPassMatch ^/api/(.*)$ {BACKEND}/$1", f"ProxyPassReverse /api/ {BACKEND}/"], [f"ProxyPassMatch ^(/.*\\.php)$ {BACKEND}$1"],
    ["ProxyPassMatch \\.css$ !", f"ProxyPass / {BACKEND}/"], [f"ProxyPass /api {BACKEND}/api retry=0 timeout=5"], [f"ProxyPass /api {BACKEND}/api nocanon"], ["<Proxy balancer://pool>", f"BalancerMember {BACKEND}", "BalancerMember http://127.0.0.1:8 status=+H", "</Proxy>", "ProxyPass /api balancer://pool/"], ["<Proxy balancer://pool>", f"BalancerMember {BACKEND} loadfactor=2", "Require all denied", "</Proxy>", "ProxyPass /api balancer://pool"],
    ["<Location /api>", f"ProxyPass {BACKEND}/api", "Require ip 10.0.0.1", "</Location>"], ["<Location /api/>", f"ProxyPass {BACKEND}/", f"ProxyPassReverse {BACKEND}/", "</Location>"], ["ProxyPassMatch ^/(.*\\.php(/.*)?)$ fcgi://127.0.0.1:9/srv/site/www/$1"], ["ProxyRequests Off", "<Proxy *>", "Order deny,allow", "Allow from all", "</Proxy>", f"ProxyPass /api {BACKEND}"], ["ProxyPreserveHost On", f"ProxyPass /docs/ {BACKEND}/docs/"],
    ["<LocationMatch ^/api/(?<rest>.*)$>", f"ProxyPassMatch {BACKEND}/$1", "</LocationMatch>"], ["<LocationMatch ^/api>", f"ProxyPass {BACKEND}", "</LocationMatch>"], ["<FilesMatch \\.php$>", "SetHandler \"proxy:fcgi://127.0.0.1:9\"", "</FilesMatch>"], ["ProxyPass /api http://127.0.0.1:9/ connectiontimeout=1", "ProxyPass /api/v1 !"], ["ProxyPass /api/v1 !", f"ProxyPass /api {BACKEND}"], ["ProxyErrorOverride On", f"ProxyPass /api {BACKEND}/", "ErrorDocument 503 /maintenance.html"],
    [f"ProxyPass \"/a b.txt\" {BACKEND}/x"], ["ProxyVia On", "ProxyPass /shop http://unknown.invalid/"], [f"ProxyPass / {BACKEND}/", "<Location /static>", "ProxyPass !", "</Location>"], [f"ProxyPass /api {BACKEND}/ interpolate", "ProxyPassInterpolateEnv On"], ["ProxyBlock invalid", f"ProxyPass /api {BACKEND}"], ["ProxyDomain .a.example", f"ProxyPass /go {BACKEND}/"],
    ["<Proxy http://127.0.0.1:9/api>", "Require env TRUSTED", "</Proxy>", f"ProxyPass /api {BACKEND}/api"], ["<ProxyMatch ^http://127.*admin>", "Require all denied", "</ProxyMatch>", f"ProxyPass /admin {BACKEND}/admin"], ["ProxyPassMatch ^/go/([a-z]+)$ http://$1.invalid/"], ["NoProxy 127.0.0.1", f"ProxyPass /api {BACKEND}"],
)

RULES_AT_SERVER: tuple[list[str], ...] = (
    ["RewriteRule ^/old(.*)$ /new$1 [R=301,L]"], ["RewriteRule ^/docs$ /docs/ [R]"], ["RewriteRule ^/go/(.*)$ /$1 [PT]"], ["RewriteRule ^/go/(.*)$ /$1 [PT,L]"], ["RewriteRule ^/go/(.*)$ /shop/$1 [PT,QSA,L]"], ["RewriteRule ^/go/(.*)$ /srv/site/www/$1 [L]"], ["RewriteRule ^/go/(.*)$ /shop/$1 [END]"],
    ["RewriteRule ^/go/(.*)$ /page.html?x=$1 [QSA]"], ["RewriteRule ^/go/(.*)$ /page.html?x=$1 [R,QSA,NE]"], ["RewriteRule ^/plain\\.txt$ /page.html? [R]"], ["RewriteRule ^/plain\\.txt$ /page.html [R,QSD]"], ["RewriteRule ^/search$ http://s.invalid/?a=%{QUERY_STRING} [R=302,NE]"], ["RewriteRule ^/search$ http://s.invalid/%{QUERY_STRING} [R=302]"], ["RewriteRule \\.php$ - [F]"], ["RewriteRule \\.php$ - [F,NC]", "RewriteRule ^/x - [G]"],
    ["RewriteRule \\.git - [R=404]"], ["RewriteRule ^/docs - [R=403,L]"], ["RewriteRule ^/docs - [R=503]"], ["RewriteRule ^/docs - [G]"], ["RewriteRule ^/docs - [R=200]"], ["RewriteRule \\.py$ - [H=wsgi-script]"], ["RewriteRule \\.txt$ - [H=cgi-script]"], ["RewriteRule \\.html$ - [T=text/plain]"], ["RewriteRule ^/docs - [E=TRUSTED:1]"], ["RewriteRule ^ - [E=TRUSTED:%{HTTP:X-Trusted}]"],
    ["RewriteRule ^ - [E=GROUP:shared,E=NAME:application]"], ["RewriteRule ^/docs - [S=1]", "RewriteRule ^ - [F]"], ["RewriteRule !^/docs - [S=2]", "RewriteRule readme - [F]", "RewriteRule old - [G]", "RewriteRule ^/media - [F]"], ["RewriteRule ^/(.*)x(.*)$ /$1z$2 [N=3]"], ["RewriteRule ^(.*)/old(.*)$ $1/docs$2 [N,PT]"], ["RewriteRule ^/docs - [C]", "RewriteRule txt$ /plain.txt [PT]"],
    ["RewriteRule ^/docs$ - [C]", "RewriteRule ^ - [F]", "RewriteRule ^/media - [G]"], ["RewriteRule ^/SHOP(.*)$ /shop$1 [NC,R]"], ["RewriteRule ^/SHOP(.*)$ /shop$1 [NC,PT]"], ["RewriteRule ^/a\\ b\\.txt$ /plain.txt"], ["RewriteRule \"^/a b\\.txt$\" /plain.txt [PT]"], ["RewriteRule ^/(.*)$ /page.html?u=$1 [B,R]"], ["RewriteRule ^/search /page.html [CO=x:1:a.example,R]"],
    ["RewriteRule ^/api(.*)$ http://127.0.0.1:9$1 [P]"], ["RewriteRule ^/api(.*)$ http://127.0.0.1:9$1 [P,L,QSA]"], ["RewriteRule ^/api(.*)$ balancer://pool$1 [P]"], ["RewriteRule ^/docs/(.*)$ https://%{HTTP_HOST}/$1 [R=301,L]"], ["RewriteRule ^ - [L]", "RewriteRule docs - [F]"], ["RewriteRule ^/static/ - [L]", "RewriteRule ^/(.*)\\.css$ - [F]"],
    ["RewriteCond %{HTTPS} off", "RewriteRule ^(.*)$ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]"], ["RewriteCond %{HTTPS} !=on", "RewriteRule ^/?admin(.*) https://%{SERVER_NAME}/admin$1 [R,L]"], ["RewriteCond %{HTTP_HOST} ^www\\.(.+)$ [NC]", "RewriteRule ^ http://%1%{REQUEST_URI} [R=301,L]"], ["RewriteCond %{HTTP_HOST} !^www\\. [NC]", "RewriteCond %{HTTP_HOST} !=\"\"", "RewriteRule ^(.*)$ http://www.%{HTTP_HOST}$1 [R=301,L]"],
    ["RewriteCond %{REQUEST_URI} !^/(static|media)", "RewriteRule ^/(.*)$ /shop/$1 [PT,L]"], ["RewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI} !-f", "RewriteRule ^/(.*)$ /shop/$1 [PT,QSA]"], ["RewriteCond %{DOCUMENT_ROOT}%{REQUEST_FILENAME} !-f", "RewriteCond %{DOCUMENT_ROOT}%{REQUEST_FILENAME} !-d", "RewriteRule ^ /page.html [L]"], ["RewriteCond %{REQUEST_FILENAME} !-f", "RewriteRule ^/docs - [F]"], ["RewriteCond /srv/site/flag -f", "RewriteCond %{REQUEST_URI} !/maintenance.html", "RewriteRule ^ - [R=503,L]", "ErrorDocument 503 /maintenance.html"],
    ["RewriteCond /srv/site/none -f [OR]", "RewriteCond %{QUERY_STRING} id=(\\d+)", "RewriteRule ^/plain\\.txt$ /page.html?n=%1 [R]"], ["RewriteCond %{QUERY_STRING} ^$", "RewriteRule ^/docs/ - [F]"], ["RewriteCond %{REQUEST_METHOD} !^(GET|HEAD)$", "RewriteRule ^ - [F]"], ["RewriteCond %{REQUEST_METHOD} ^TRACE", "RewriteRule ^ - [F]"], ["RewriteCond %{HTTP_USER_AGENT} bot [NC,OR]", "RewriteCond %{HTTP_USER_AGENT} ^Wget", "RewriteRule ^ - [F,L]"], ["RewriteCond %{HTTP_REFERER} !^$", "RewriteCond %{HTTP_REFERER} !^https?://(www\\.)?a\\.example/ [NC]", "RewriteRule \\.css$ - [F]"],
    ["RewriteCond %{REMOTE_ADDR} !^127\\.", "RewriteRule ^/admin - [F]"], ["RewriteCond %{REMOTE_ADDR} ^127\\.0\\.0\\.1$", "RewriteRule ^/docs - [F]"], ["RewriteCond %{HTTP_COOKIE} session=([^;]+)", "RewriteRule ^/login$ /shop/$1 [R,L]"], ["RewriteCond %{HTTP:X-Forwarded-Proto} !https [NC]", "RewriteRule ^/login https://a.example/login [R]"], ["RewriteCond %{SERVER_PORT} !^443$", "RewriteRule ^/admin https://a.example/admin [R=302,L]"], ["RewriteCond %{SERVER_PORT} =80", "RewriteRule ^/private - [F]"],
    ["RewriteCond %{REQUEST_SCHEME} =http", "RewriteRule ^/private - [F]"], ["RewriteCond %{THE_REQUEST} \\s/index\\.html", "RewriteRule ^ / [R=301]"], ["RewriteCond %{THE_REQUEST} !HTTP/1\\.1$", "RewriteRule ^ - [F]"], ["RewriteCond expr \"%{REQUEST_URI} =~ m#^/docs#\"", "RewriteRule ^ - [F]"], ["RewriteCond expr \"! %{HTTP_HOST} -strmatch '*.example'\"", "RewriteRule ^ - [R=404]"], ["RewriteCond %{SERVER_NAME} =a.example", "RewriteRule ^/login - [G]"], ["RewriteCond %{TIME_YEAR} >2000", "RewriteRule ^/login - [G]"], ["RewriteCond %{TIME_YEAR} -gt 2000", "RewriteRule ^/login - [G]"],
    ["RewriteCond %{REQUEST_URI} >/m", "RewriteRule ^ - [F]"], ["RewriteCond %{REQUEST_URI} <=/docs", "RewriteRule ^ - [F]"], ["RewriteCond %{QUERY_STRING} -z", "RewriteRule ^/docs - [F]"], ["RewriteCond %{ENV:TRUSTED} ^1$", "RewriteRule ^/docs - [F]"], ["RewriteCond %{ENV:HTTPS} on", "RewriteRule ^/docs - [F]"], ["RewriteCond %{SSL:HTTPS} on", "RewriteRule ^/media - [F]"], ["RewriteCond %{LA-U:REQUEST_FILENAME} -f", "RewriteRule ^/docs - [F]"], ["RewriteCond %{LA-U:REMOTE_USER} joe", "RewriteRule ^/docs - [F]"], ["RewriteCond %{REQUEST_URI} -U", "RewriteRule ^/docs - [F]"],
    ["RewriteCond %{REQUEST_URI} ^/(docs|media)/(.*)$", "RewriteRule ^/(.*)$ /%2 [R]"], ["RewriteCond %{HTTP_HOST} ^([^.]+)\\.a\\.example$", "RewriteRule ^/(.*)$ /docs/%1/$1 [PT]"], ["RewriteCond %{HTTP_HOST}#%{REQUEST_URI} ^a\\.example#/docs", "RewriteRule ^ - [F]"], [f"RewriteMap t txt:{SITE}/table.txt", "RewriteRule ^/go/(\\w+)$ ${t:$1|/page.html} [PT]"], [f"RewriteMap t txt:{SITE}/table.txt", "RewriteCond ${t:%{REQUEST_URI}|none} !none", "RewriteRule ^ - [F]"], ["RewriteMap lc int:tolower", "RewriteCond %{REQUEST_URI} [A-Z]", "RewriteRule (.*) ${lc:$1} [R=301,L]"],
    ["RewriteMap un int:unescape", "RewriteRule ^/a(.*) /page.html?${un:$1} [R]"], ["RewriteRule ^/media$ /media/ [R,L]", "RewriteRule ^/media/(.*) /docs/$1"], ["RewriteRule ^/docs/(.*) /srv/site/shop/static/$1"], ["RewriteRule (.*)/$ $1/index.html"], ["RewriteRule ^(.+)/$ $1 [R=301,L]"], ["RewriteRule ^/+(.*)$ /$1"], ["RewriteRule ^/$ /shop/ [R]"], ["RewriteRule ^/$ /page.html"], ["RewriteRule ^/?$ /docs/ [PT]"], ["RewriteRule ^/shop(/.*)?$ - [L]", "RewriteRule ^/(.*)$ /page.html"], ["RewriteRule ^/missing http://a.example/page.html"], ["RewriteRule ^/missing https://elsewhere.invalid/ [R=308]"],
    ["RewriteRule ^/missing page.html"], ["RewriteRule ^/missing ./page.html [R]"], ["RewriteRule ^/missing ../x [PT]"], ["RewriteRule ^/missing /page.html#top [R]"], ["RewriteRule ^/missing /page.html#top [R,NE]"], ["RewriteRule ^/missing /page.html?a=$0 [R]"], ["RewriteRule ^/missing /page.html?a=%%20 [R,NE]"], ["RewriteRule ^/missing /pa\\$1 [R]"], ["RewriteRule ^/(docs|media)/(.*)$ /%{ENV:NONE}$2 [PT]"], ["RewriteRule ^/docs/(?<n>.*)$ /media/$1 [PT]"], ["RewriteOptions InheritDown", "RewriteRule ^/login - [F]"], ["RewriteOptions Inherit", "RewriteRule ^/login - [F]"], ["RewriteOptions InheritBefore", "RewriteRule ^/login - [F]"], ["RewriteOptions AllowAnyURI", "RewriteRule ^/login - [F]"], ["RewriteOptions IgnoreInherit"],
    ["RewriteEngine Off", "RewriteRule ^ - [F]"], ["RewriteRule ^/docs/(.*) /$1 [DPI,PT]"], ["RewriteRule ^/docs - [NS,F]"], ["RewriteRule ^/docs/$ - [F,NS]"], ["RewriteRule ^/login$ /shop/login [PT,E=GROUP:other]"], ["RewriteRule ^/media/(.*) /docs/$1 [QSL,PT]"], ["RewriteRule ^/search$ /shop/?a=b?c=d [QSL,PT]"], ["RewriteRule ^/login$ /shop [L,R=permanent]"], ["RewriteRule ^/login$ /shop [L,R=seeother]"], ["RewriteRule ^/login$ http://a.example:8080/ [R=temp]"], ["RewriteRule ^/docs/(.*)$ /media/$1 [SKIP=1]", "RewriteRule ^ - [F]", "RewriteRule deep - [G]"],
)
RULES_IN_DIRECTORY: tuple[list[str], ...] = (
    ["RewriteCond %{REQUEST_FILENAME} !-f", "RewriteRule ^(.*)$ /shop/$1 [QSA,L]"], ["RewriteCond %{REQUEST_FILENAME} !-f", "RewriteCond %{REQUEST_FILENAME} !-d", "RewriteRule ^(.*)$ apps/index.wsgi/$1 [QSA,PT,L]"], ["RewriteCond %{REQUEST_FILENAME} !-f", "RewriteRule . /page.html [L]"], ["RewriteCond %{REQUEST_FILENAME} -f [OR]", "RewriteCond %{REQUEST_FILENAME} -d", "RewriteRule ^ - [L]", "RewriteRule ^ page.html [L]"],
    ["RewriteBase /", "RewriteRule ^old/(.*)$ new/$1 [R=301,L]"], ["RewriteBase /docs", "RewriteRule ^old/(.*)$ $1 [L]"], ["RewriteBase /docs/", "RewriteRule ^missing$ home.html [R]"], ["RewriteRule ^plain\\.txt$ page.html"], ["RewriteRule ^plain\\.txt$ page.html [END]"], ["RewriteRule ^(.*)\\.html$ $1.txt [L]"], ["RewriteRule ^(.*)\\.html$ $1.txt [R]"], ["RewriteRule ^$ /shop/ [R]"], ["RewriteRule ^$ page.html"], ["RewriteRule ^docs/?$ /media/ [PT]"], ["RewriteRule \\.txt$ - [F]"], ["RewriteRule readme - [R=404]"], ["RewriteRule \\.txt$ - [R=410,L]"], ["RewriteRule ^docs/ - [G,NC]"], ["RewriteRule \\.py$ - [H=wsgi-script]"],
    ["RewriteRule \\.py$ - [H=cgi-script]"], ["RewriteRule \\.html$ - [T=text/plain,H=default-handler]"], ["RewriteRule \\.html$ - [T=application/x-httpd-wsgi]"], ["RewriteRule ^docs - [E=TRUSTED:1]"], ["RewriteRule ^ - [E=GROUP:shared]"], ["RewriteRule ^docs - [S=1]", "RewriteRule ^ - [F]"], ["RewriteRule ^(.*)old(.*)$ $1new$2 [N]"], ["RewriteRule ^(.*)_(.*)$ $1-$2 [N]"], ["RewriteRule ^docs/ - [C]", "RewriteRule a\\.txt - [F]"], ["RewriteRule ^/docs - [F]"], ["RewriteRule ^/?media/(.*)$ /docs/$1 [L]"], ["RewriteRule ^(.*)$ http://b.example/$1 [R=301,L]"], ["RewriteRule ^docs/(.*)$ http://127.0.0.1:9/$1 [P]"], ["RewriteRule ^go/(.*)$ /srv/site/shop/static/$1"],
    ["RewriteRule ^go/(.*)$ ../shop/static/$1"], ["RewriteRule ^apps/(\\w+)$ apps/$1.py [L]"], ["RewriteRule ^apps/(\\w+)$ apps/$1.wsgi [PT]"], ["RewriteCond %{HTTPS} off", "RewriteRule (.*) https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]"], ["RewriteCond %{HTTP_HOST} ^www\\. [NC]", "RewriteRule ^(.*)$ http://a.example/$1 [R,L]"], ["RewriteCond %{REQUEST_URI} ^/docs/(.*)$", "RewriteRule ^ /%1 [R]"], ["RewriteCond %{QUERY_STRING} .", "RewriteRule ^(.*)$ /$1? [R=301]"], ["RewriteCond %{ENV:REDIRECT_STATUS} ^$", "RewriteRule ^(.*)$ docs/$1 [L]"], ["RewriteCond %{REQUEST_URI} !^/docs", "RewriteRule ^(.*)$ docs/$1 [L]"], ["RewriteCond $1 !^(docs|static)", "RewriteRule ^([^/]+)/?.*$ page.html [L]"], ["RewriteRule !\\.(css|txt)$ page.html"],
    ["RewriteRule ^((?!docs).)*$ - [F]"], ["RewriteOptions Inherit", "RewriteRule ^x - [F]"], ["RewriteOptions InheritBefore"], ["RewriteOptions MergeBase", "RewriteRule ^x - [F]"], ["RewriteOptions AllowNoSlash", "RewriteRule ^$ page.html"], ["RewriteEngine Off"], ["RewriteCond %{REQUEST_FILENAME}.html -f", "RewriteRule ^(.+)$ $1.html [L]"], ["RewriteCond %{REQUEST_FILENAME} (.*)\\.html$", "RewriteCond %1.txt -f", "RewriteRule ^(.*)\\.html$ $1.txt"], ["RewriteCond %{DOCUMENT_ROOT}/docs/$1 -f", "RewriteRule ^(.*)$ docs/$1 [L]"], ["RewriteCond %{LA-U:REMOTE_USER} joe", "RewriteRule ^ - [F]"], ["RewriteCond %{REMOTE_USER} joe", "RewriteRule ^ - [F]"], ["RewriteCond expr \"-f %{REQUEST_FILENAME}\"", "RewriteRule txt$ - [F]"],
    ["RewriteRule ^(docs)$ $1/ [R,L]"], ["RewriteRule ^missing(.*)$ docs$1"], ["RewriteRule ^missing(.*)$ /docs$1 [END]"], ["RewriteRule ^missing docs/home.html [NS]"], ["RewriteRule home - [NS,F]"], ["RewriteRule ^index\\.html$ - [F]"], ["RewriteRule ^index\\.html$ page.html"], ["RewriteRule ^missing.*$ %{REQUEST_URI}.html [R]"], ["RewriteRule ^missing - [L,R=404]", "ErrorDocument 404 /page.html"], ["RewriteRule ^(.*/)?\\.git - [F]"], ["RewriteRule ^shop/(.*) blog/$1 [PT]"], ["RewriteRule ^(.+)\\.css$ /static/$1.css"], ["RewriteRule ^search$ page.html?x [QSA]"], ["RewriteRule ^search$ page.html?x [R,QSA]"], ["RewriteCond %{THE_REQUEST} \\.html", "RewriteRule ^(.*)\\.html$ /$1 [R=301,L]", "RewriteCond %{REQUEST_FILENAME}.html -f", "RewriteRule ^(.*)$ $1.html [L]"],
)

HTACCESS = (
    "Options +Indexes\n", "Options -Indexes\n", "Options Indexes FollowSymLinks\n", "Options +ExecCGI\nAddHandler cgi-script .py\n", "Options +ExecCGI\nAddHandler wsgi-script .py .wsgi\n", "DirectoryIndex home.html index.html\n", "Require all granted\n", "Require all denied\n", "Order deny,allow\nDeny from all\n", "Order allow,deny\nAllow from all\nSatisfy Any\n",
    "<FilesMatch \"\\.(py|txt)$\">\nRequire all denied\n</FilesMatch>\n", "<Files readme.txt>\nOrder allow,deny\nDeny from all\n</Files>\n", "<If \"%{REQUEST_URI} =~ /txt/\">\nRequire all denied\n</If>\n<Else>\nRequire all granted\n</Else>\n", "<If \"%{REQUEST_METHOD} == 'POST'\">\nRequire all denied\n</If>\n", "ErrorDocument 404 /error/404.html\nErrorDocument 403 /error/403.html\n", "ErrorDocument 403 \"no\"\n", "Redirect /docs/old /new\n", "RedirectMatch ^/docs/(.*)\\.txt$ /$1.html\n",
    "AuthType Basic\nAuthName x\nAuthUserFile /srv/site/users\nRequire valid-user\n", "AuthType Basic\nAuthName x\nAuthUserFile /srv/site/users\nAuthGroupFile /srv/site/groups\nRequire group staff\n", "<Limit POST>\nRequire all denied\n</Limit>\n", "<LimitExcept GET>\nDeny from all\n</LimitExcept>\n", "SetHandler cgi-script\n", "SetHandler wsgi-script\n", "SetHandler None\n", "ForceType text/plain\n", "AddType text/html .txt\n", "FallbackResource /page.html\n", "FallbackResource /apps/index.wsgi\n", "AcceptPathInfo On\n", "Options +MultiViews\n", "DirectorySlash Off\n", "php_flag x on\n", "<IfModule mod_php.c>\nphp_value a b\n</IfModule>\n",
    "<IfModule mod_headers.c>\nHeader set X y\n</IfModule>\n", "<IfModule mod_expires.c>\nExpiresActive On\n</IfModule>\n", "SetEnv GROUP shared\n", "SetEnvIf User-Agent Bot BOT=1\nOrder allow,deny\nAllow from all\nDeny from env=BOT\n", "WSGIApplicationGroup named\n", "WSGIProcessGroup shared\n", "WSGIScriptAlias / /x\n", "Alias /x /y\n", "<Directory />\n</Directory>\n", "<Location />\n</Location>\n", "Options FollowSymlinks\nRewriteEngine On\nRewriteRule ^x$ y\n", "AllowOverride None\n", "AddHandler run .txt\nAction run /shop/run\n", "Require ip 127.0.0.1\nRequire ip 10.0.0.1\n", "<RequireAll>\nRequire all granted\nRequire not env BOT\n</RequireAll>\n", "Require expr %{HTTPS} == 'on'\n", "\ufeffRequire all denied\n", "SSLRequireSSL\n", "<IfVersion >= 2.4>\nRequire all granted\n</IfVersion>\n<IfVersion < 2.4>\nOrder allow,deny\n</IfVersion>\n",
    "Options +Foo\n", "AddDefaultCharset utf-8\n", "IndexIgnore *\n", "RemoveHandler .py .cgi .wsgi\n", "Header set X y\nRequire all granted\n", "<IfDefine STAGE>\nRequire all denied\n</IfDefine>\n", "<ifmodule mod_authz_core.c>\nrequire all denied\n</ifmodule>\n", "DirectoryIndex index.wsgi\nOptions +ExecCGI\nAddHandler wsgi-script .wsgi\n", "Require \\\nall denied\n", "# comment \\\nRequire all denied\n", "AuthType None\nRequire all granted\n", "Satisfy Any\n", "Include x.conf\n", "Define X y\nRequire all ${X}\n", "LimitRequestBody 10\n", "CGIPassAuth On\n", "RewriteBase /\n", "EnableSendfile Off\nFileETag None\n",
)
OVERRIDES = (
    "AllowOverride All", "AllowOverride All", "AllowOverride None", "AllowOverride FileInfo", "AllowOverride AuthConfig", "AllowOverride Limit", "AllowOverride Indexes", "AllowOverride Options", "AllowOverride Options=Indexes,MultiViews", "AllowOverride Options=ExecCGI FileInfo", "AllowOverride FileInfo AuthConfig Limit Indexes", "AllowOverride AuthConfig Limit",
    "AllowOverride Nonfatal=All", "AllowOverride FileInfo Nonfatal=Override", "AllowOverride All Nonfatal=Unknown", "AllowOverride None\nAllowOverrideList Require Redirect", "AllowOverride FileInfo\nAllowOverrideList Options", "AllowOverrideList None", "AllowOverride Options=Indexes Limit FileInfo", "AllowOverride Limit Nonfatal=Override",
    "AllowOverrideList Require Order Deny Allow Satisfy AuthType AuthName AuthUserFile", "AllowOverride None\nAllowOverrideList RewriteEngine RewriteRule RewriteCond RewriteBase", "AccessFileName .htaccess",
)
DIRECTORIES = (
    f"{SITE}/www", f"{SITE}/www", f"{SITE}/shop", f"{SITE}/shop/static", f"{SITE}/shop/media", f"{SITE}/blog", SITE, f"{SITE}/www/docs", f"{SITE}/www/docs/", f"{SITE}/www/apps", f"{SITE}/www/private", "/", "/srv", f"{SITE}/www/cgi-bin", f"{SITE}/www/link", f"{SITE}/*/static", f"{SITE}/www/d*", f"{SITE}/shop/app.wsgi", f"{SITE}/www/.", f"{SITE}/www//docs", f"{SITE}/w?w", f"{SITE}/[sb]*",
)
LOCATIONS = (
    "/",
    "/shop",
    "/shop/",
    "/static",
    "/static/",
    "/admin",
    "/api",
    "/docs",
    "/docs/",
    "/private",
    "/blog",
    "/blog/admin",
    "/plain.txt",
    "/apps",
    "/media/deep",
    "/*/x",
    "/d*",
    "/static/img",
    "//docs",
    "/server-status",
    "/cgi-bin",
    "/login",
    "/docs/?ld",
    "/shop/[a-z]",
)
LOCATION_PATTERNS = (
    "^/(shop|blog)",
    "^/docs/.*\\.txt$",
    "\\.py$",
    "^/$",
    "^/(?!static)",
    "(?i)^/shop/",
    "/admin(/|$)",
    "^/static/.*",
    "^/[a-z]+/$",
    "^/api(/v(?<version>\\d))?",
    "(css|txt)$",
    "^(/docs)?/private",
    "^/~",
)
FILES = (
    "*.py",
    "app.wsgi",
    "*.txt",
    "index.html",
    "readme.txt",
    ".htaccess",
    "*.wsgi",
    "?age.html",
    "*",
    "site.css",
    "[a-p]*",
    "wsgi.py",
    "run.cgi",
    "~ \\.txt$",
)
FILE_PATTERNS = (
    "\\.(py|wsgi)$",
    "^\\.",
    "^\\.ht",
    "\\.txt$",
    "^(index|page)",
    "\\.(?:html?|css)$",
    "^app\\.wsgi$",
    "(?i)\\.TXT$",
    "^(?!page)",
)
DIRECTORY_PATTERNS = (
    f"^{SITE}/(shop|blog)",
    "/\\.git",
    f"^{SITE}/www/docs(/|$)",
    "/static",
    f"{SITE}/(?<name>[^/]+)/static",
    "/docs/old/?$",
    f"^{SITE}/www/$",
)
# fmt: on
