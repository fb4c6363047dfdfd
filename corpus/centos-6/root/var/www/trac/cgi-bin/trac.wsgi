import os

os.environ["TRAC_ENV"] = "/var/www/trac/env"
os.environ["PYTHON_EGG_CACHE"] = "/var/www/trac/eggs"

import trac.web.main

application = trac.web.main.dispatch_request
