"""What the grammar draws of mod_rewrite and mod_proxy beyond the usual: tables, rounds, names of one's own, other servers."""

from __future__ import annotations

from hypothesis import strategies as st

from .root import SITE

#: Nobody listens there: mod_proxy says 503.
BACKEND = "http://127.0.0.1:9"
TABLE = f"{SITE}/table.txt"
#: Lines of a table of mod_rewrite.
TABLE_TEXT = "# names\nx /page.html\nsub  /static/x.txt   more\n indented /no\nX /private\n"

AT_SERVER = st.sampled_from((
    [f"RewriteMap t txt:{TABLE}", "RewriteRule ^/(x|X|sub)$ ${t:$1} [PT]"], [f"RewriteMap t {TABLE}", "RewriteRule ^/([a-zA-Z]+)(/.*)?$ ${t:$1|/static}$2 [PT]"],
    ["RewriteMap l int:tolower", "RewriteRule ^/(APP)(.*)$ /${l:$1}$2 [PT]"], ["RewriteMap u int:toupper", "RewriteRule ^/(sub)$ /${u:$1} [R]"],
    ["RewriteMap e int:escape", "RewriteRule ^/a(.*)$ /${e:$1} [PT]"], ["RewriteRule ^/(x)$ ${none:$1|/page.html} [PT]"], ["RewriteRule ^/(x)$ /p${none:$1}q [PT]"],
    ["RewriteRule ^(.*)x(.*)$ $1y$2 [N]"], ["RewriteRule ^/a/(.*)$ /$1 [N]", "RewriteRule ^/(b.*)$ /static/$1 [PT]"], ["RewriteRule ^/(?:a|b|sub)(/.*)$ $1 [N,PT]"],
    ["RewriteRule ^/sub http://%{HTTP_HOST}/page.html"], ["RewriteRule ^/sub http://a.example/page.html"], ["RewriteRule ^/st http://a.example:8080/x.txt"],
    ["RewriteRule ^/sub http://www.a.example/static/x.txt [R]"], ["RewriteRule ^/sub https://a.example/"], ["RewriteRule ^/sub http://b.example"],
    ["RewriteRule ^/sub /st [R]", "RewriteRule /st$ - [F]"], ["RewriteRule ^/sub /st [R=301]", "RewriteRule ^(http.*)$ $1/more [NE]"],
    ["RewriteRule ^/sub http://elsewhere.example/a%20b", "RewriteRule nothing - [G]"], ["RewriteRule ^/x http://elsewhere.example/", "RewriteRule elsewhere http://other.example/ [R=303]"],
    ["RewriteCond %{THE_REQUEST} ^GET\\ /(x|app)", "RewriteRule ^/[a-z\\ ]+ /page.html [PT]"], ["RewriteCond %{THE_REQUEST} ^GET\\ /sub", "RewriteRule ^ - [F]"], ["RewriteCond %{HTTP_X_FORWARDED_PROTO} !https", "RewriteRule ^/sub - [F]"],
    ["RewriteCond %{HTTP:X-Forwarded-Proto} !https", "RewriteRule ^/st - [G]"], ["RewriteCond %{NOTHING} ^$", "RewriteRule ^/x - [F]"],
    ["RewriteCond %{HTTP_USER_AGENT} ^$", "RewriteRule ^/a - [F]"], ["RewriteCond %{REMOTE_USER} ^$", "RewriteRule ^/private - [F]"],
    ["RewriteCond %{HTTP_COOKIE} !session", "RewriteCond %{HTTP_REFERER} ^$", "RewriteRule \\.txt$ - [F]"], ["RewriteCond %{REMOTE_ADDR} ^127", "RewriteRule ^/sub - [G]"],
    ["RewriteCond %{HTTP:X-Forwarded-Proto} =http", "RewriteRule ^ https://%{SERVER_NAME}%{REQUEST_URI} [R,L]"],
    [f"RewriteRule ^/sub(.*)$ {BACKEND}$1 [P]"], [f"RewriteRule ^/st {BACKEND}/x?y=1 [P,QSA]"],
))  # fmt: skip

#: Rules that stand in any kind of section.
IN_SECTION = st.sampled_from((
    ["RewriteRule ^page\\.html$ x.txt"], ["RewriteRule secret - [F]"], ["RewriteRule ^x\\.txt$ - [R=410]"], ["RewriteRule txt$ /page.html"], ["RewriteRule ^ /app/under [L]"],
    ["RewriteRule css$ /page.html [R]"], ["RewriteRule (.*)\\.txt$ $1.html"], ["RewriteBase /static", "RewriteRule x\\.txt$ index.html"], ["RewriteRule wsgi$ - [H=wsgi-script]"],
    ["RewriteRule ^(.*)e(.*)$ $1i$2 [N]"], ["RewriteRule index /st [R]", "RewriteRule st$ - [F]"], ["RewriteRule page http://a.example/static/x.txt"],
))  # fmt: skip
SECTIONS = st.sampled_from((
    f"Directory {SITE}/www", "Location /", "Location /sub", "Location /static", "LocationMatch ^/s", "Files *.txt", "FilesMatch html$", f"DirectoryMatch ^{SITE}/www", "Location /app",
    f"Directory {SITE}/*", f"Directory {SITE}/w*",
))  # fmt: skip

PROXIES = st.sampled_from((
    [f"ProxyPass /sub {BACKEND}/x"], [f"ProxyPass /sub/ {BACKEND}/"], ["ProxyPass /static !", f"ProxyPass / {BACKEND}/"], [f"ProxyPass / {BACKEND}/"],
    [f"ProxyPassMatch ^/(x.*)$ {BACKEND}/$1"], ["<Location /sub>", f"ProxyPass {BACKEND}/sub", "</Location>"], ["<Location /static>", "ProxyPass !", "</Location>", f"ProxyPass / {BACKEND}/"],
    ["<Location /sub/>", f"ProxyPass {BACKEND}/", "</Location>"], [f"ProxyPass /st {BACKEND}/", "<Proxy *>", "Require all denied", "</Proxy>"],
    [f"ProxyPass /sub {BACKEND}/x", f"<Proxy {BACKEND}/x>", "Require ip 10.0.0.1", "</Proxy>"], [f"ProxyPass /sub {BACKEND}/x", "<ProxyMatch x/deep>", "Order deny,allow", "Deny from all", "</ProxyMatch>"],
    [f"ProxyPass /sub {BACKEND}/x", "<Location /sub>", "Require all denied", "</Location>"], [f"ProxyPass /sub {BACKEND}/x", "<Location /sub>", "AuthType Basic", "AuthName x", f"AuthUserFile {SITE}/users", "Require valid-user", "</Location>"],
    ["ProxyPass /sub fcgi://127.0.0.1:9/"], ["<Files x.txt>", 'SetHandler "proxy:http://127.0.0.1:9/"', "</Files>"],
    ["SetEnvIf X-Missing ^$ GROUP=1"], ["SetEnvIf User-Agent . GROUP=1"], ["BrowserMatch ^$ GROUP=own0"], ["SetEnvIf GROUP ^$ GROUP=1"],
))  # fmt: skip

EXPRESSIONS = (
    "\"tolower(%{HTTP_HOST}) == 'a.example'\"", "\"toupper('%{REQUEST_METHOD}x') == 'GETX'\"", "\"%{REQUEST_URI} -strmatch '/s*'\"", "\"%{REQUEST_URI} -fnmatch '/s*'\"",
    "\"%{REQUEST_URI} -strcmatch '/S*.TXT'\"", "\"md5('x') == '9dd4e461268c8034f5c8564e155c67a6'\"", "\"base64(%{REQUEST_URI}) == 'Lw=='\"", "\"unbase64('Lw==') == %{REQUEST_URI}\"",
    "\"sha1(%{REQUEST_METHOD}) =~ /^[0-9a-f]{40}$/\"", "\"req('X-Missing') == ''\"", "\"%{HTTP:X-Forwarded-Proto} != 'https'\"", "\"unescape('%2f') == '/'\"", "\"unescape('%41') == 'A'\"", "\"escape('a b') == 'a%20b'\"",
    "\"-z req_novary('X-Missing')\"", "\"%{HTTP_USER_AGENT} == ''\"",
)  # fmt: skip
