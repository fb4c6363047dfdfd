import os
import sys

path = os.path.dirname(os.path.abspath(__file__))
os.chdir(path)
sys.path = [path] + [p for p in sys.path if not p == path]

import gluon.main

application = gluon.main.wsgibase
