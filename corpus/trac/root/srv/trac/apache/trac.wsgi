import os

os.environ["TRAC_ENV"] = "/srv/trac/env"

import trac.web.main

application = trac.web.main.dispatch_request
