from sanic import Sanic
from sanic.response import text

app = Sanic("hello")


@app.get("/")
async def hello(request):
    return text("hello")


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=8000, single_process=True)
