from flask import Flask

app = Flask(__name__)
app.config["SECRET_KEY"] = "a stand-in"


@app.route("/")
def index():
    return "Notes"
