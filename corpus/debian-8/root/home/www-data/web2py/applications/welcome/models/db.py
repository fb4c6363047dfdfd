db = DAL('sqlite://storage.sqlite')
