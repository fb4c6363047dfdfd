SECRET_KEY = "a stand-in"
STATIC_URL = "/static/"
