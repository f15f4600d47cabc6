import flask
import numpy

app = flask.Flask(__name__)


@app.route("/")
def index():
    return f"sum {numpy.arange(5).sum()}\n"


app.run("0.0.0.0", 8000)
