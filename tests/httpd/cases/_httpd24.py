"""What the cases on the way from httpd 2.2 to 2.4 share: two servers, their files, and what they are asked."""

from __future__ import annotations

import base64
import hashlib
from functools import partial

from ..application import app
from ..case import Case
from ..probe import Probe, probes
from ..root import Tree
from . import opened

A = "a.example"
SITE = "http://a.example/"
B = "http://b.example/"
STATIC = "http://a.example/static/a.css"
README = "http://a.example/static/README"
LINES = """\
    Alias /static /srv/site/static
    WSGIScriptAlias / /srv/site/app.wsgi
"""
HOST = f"<VirtualHost *:80>\n    ServerName a.example\n{LINES}</VirtualHost>\n"
OPEN = opened("/srv/site")

USERS = "ann:{SHA}" + base64.b64encode(hashlib.sha1(b"secret").digest()).decode() + "\n"
TREE: Tree = {
    "/srv/site/app.wsgi": app(),
    "/srv/other/app.wsgi": app("other"),
    "/srv/site/static/a.css": "STYLE",
    "/srv/site/static/README": "TEXT",
    "/srv/users": USERS,
    "/srv/groups": "staff: ann\n",
}
PASSWORD = "AuthType Basic\n    AuthName members\n    AuthUserFile /srv/users"


def logged_in(login: str, path: str = "/", host: str = A) -> Probe:
    """A request with a name and a password."""
    return Probe(host, path, headers=(("Authorization", f"Basic {base64.b64encode(login.encode()).decode()}"),))


ANN, WRONG = logged_in("ann:secret"), logged_in("ann:wrong")
ANY_ORDER = "Order, Allow and Deny count alike in any order"
APPLICATION = {"status": 200, "who": "application"}

# Written for httpd 2.2 throughout. The client is 127.0.0.1, or whom it says it is.
OLD_SERVER = f"""\
SetEnvIf X-Friend yes friend
<Directory />
    Options FollowSymLinks
    AllowOverride None
    Order deny,allow
    Deny from all
</Directory>
# nobody reads these
<Files ~ "^\\.ht">
    Order allow,deny
    Deny from all
    Satisfy All
</Files>
<VirtualHost *:80>
    ServerName a.example
    Alias /static/ /srv/site/static/
    Alias /intern/ /srv/site/intern/
    Alias /near/ /srv/site/near/
    Alias /friends/ /srv/site/friends/
    Alias /moderate/ /srv/site/moderate/
    Alias /both/ /srv/site/both/
    WSGIScriptAlias / /srv/other/app.wsgi
    <Directory /srv/other>
        Order allow,deny
        Allow from all
    </Directory>
    <Directory /srv/site/static>
        Order allow,deny
        Allow from all
        Deny from 192.0.2.7
    </Directory>
    <Directory /srv/site/intern>
        Order deny,allow
        Deny from all
        Allow from 192.0.2.0/24 .a.example
    </Directory>
    <Directory /srv/site/near>
        Order deny,allow
        Deny from all
        Allow from 127.0.0.0/8
    </Directory>
    <Directory /srv/site/friends>
        Order allow,deny
        Allow from env=friend
    </Directory>
    # from outside with a password, from inside without
    <Directory /srv/site/moderate>
        {PASSWORD}
        Require valid-user
        Order deny,allow
        Deny from all
        Allow from 192.0.2.0/24
        Satisfy any
    </Directory>
    # from inside, and with a password
    <Directory /srv/site/both>
        {PASSWORD}
        Require valid-user
        Order deny,allow
        Deny from all
        Allow from 127.0.0.1
    </Directory>
    <Location /closed>
        Order allow,deny
    </Location>
</VirtualHost>
"""
OLD_TREE: Tree = {
    **TREE,
    **{f"/srv/site/{name}/x.txt": name for name in ("intern", "near", "friends", "moderate", "both")},
    "/srv/site/static/.htsecret": "SECRET",
    "/srv/hidden/x": "SECRET",
}
FROM_INSIDE = (("X-Client", "192.0.2.5"),)
OLD_PROBES = (
    *probes(
        SITE,
        f"{SITE}closed",
        STATIC,
        f"{SITE}static/.htsecret",
        f"{SITE}intern/x.txt",
        f"{SITE}near/x.txt",
        f"{SITE}friends/x.txt",
        f"{SITE}moderate/x.txt",
        f"{SITE}both/x.txt",
    ),
    Probe(A, "/friends/x.txt", headers=(("X-Friend", "yes"),)),
    *(Probe(A, f"/{name}/x.txt", headers=FROM_INSIDE) for name in ("intern", "near", "moderate", "both")),
    Probe(A, "/both/x.txt", headers=(*ANN.headers, *FROM_INSIDE)),
    Probe(A, "/static/a.css", headers=(("X-Client", "192.0.2.7"),)),
    *(logged_in(login, path) for login in ("ann:secret", "ann:wrong") for path in ("/moderate/x.txt", "/both/x.txt")),
    logged_in("ann:secret", "/closed"),
    logged_in("ann:secret", "/intern/x.txt"),
)

# The same, with passwords by URL over directories that others are kept out of.
OLD_LOCATIONS = f"""\
SetEnvIf X-Friend yes friend
Alias /static /srv/site/static
Alias /near /srv/site/near
Alias /admin/hidden /srv/hidden
WSGIScriptAlias / /srv/site/app.wsgi
<Directory />
    Order deny,allow
    Deny from all
</Directory>
<Directory /srv/site>
    # the application, and nothing beside it
    <Files app.wsgi>
        Order allow,deny
        Allow from all
    </Files>
</Directory>
<Directory /srv/site/static>
    Order allow,deny
    Allow from all
    Deny from env=friend
</Directory>
<Directory /srv/site/near>
    Order deny,allow
    Deny from all
    Allow from 127.0.0.1
</Directory>
<Location /admin>
    {PASSWORD}
    Require valid-user
</Location>
<Location /moderate>
    Order deny,allow
    Deny from all
    Allow from env=friend
    {PASSWORD}
    Require valid-user
    Satisfy any
</Location>
"""
FRIEND = (("X-Friend", "yes"),)
LOCATION_PROBES = (
    *probes(SITE, STATIC, f"{SITE}near/x.txt", f"{SITE}admin", f"{SITE}moderate", f"{SITE}static/none"),
    *(
        logged_in(login, path)
        for path in ("/admin", "/moderate", "/admin/hidden/x")
        for login in ("ann:secret", "ann:wrong")
    ),
    *(Probe(A, path, headers=FRIEND) for path in ("/static/a.css", "/near/x.txt", "/moderate")),
)

case = partial(Case, tree=TREE, level="safe")
