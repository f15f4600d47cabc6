import bottle


@bottle.route("/")
def index():
    return bottle.template("hello {{name}}", name="world")


bottle.run(host="127.0.0.1", port=8000)
