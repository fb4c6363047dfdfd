PASSWORD = "a stand-in"
