PAYMENT_KEY = "a stand-in, never to be served"
