from aiohttp import web


async def index(request):
    return web.json_response({"ok": True})


app = web.Application()
app.add_routes([web.get("/", index)])
web.run_app(app, host="127.0.0.1", port=8000)
