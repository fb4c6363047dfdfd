SECRET_KEY = "a stand-in"
