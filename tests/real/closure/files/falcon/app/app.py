import falcon
import ujson


class Index:
    def on_get(self, request, response):
        response.text = ujson.dumps({"path": request.path})


app = falcon.App()
app.add_route("/", Index())
