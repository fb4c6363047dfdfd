DSN = "a stand-in"
