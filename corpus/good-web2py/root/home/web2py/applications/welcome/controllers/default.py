def index():
    return dict(message="Hello")
