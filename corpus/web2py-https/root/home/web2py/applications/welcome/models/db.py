db = DAL("sqlite://storage.sqlite")  # never to be served
