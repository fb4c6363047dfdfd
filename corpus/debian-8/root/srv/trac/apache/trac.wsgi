import os

os.environ["TRAC_ENV"] = "/srv/trac/env"
os.environ["PYTHON_EGG_CACHE"] = "/srv/trac/eggs"

import trac.web.main

application = trac.web.main.dispatch_request
