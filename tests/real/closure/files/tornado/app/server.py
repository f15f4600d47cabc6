import asyncio

import tornado.web


class Index(tornado.web.RequestHandler):
    def get(self):
        self.write({"ok": True})


async def main():
    tornado.web.Application([("/", Index)]).listen(8000, "127.0.0.1")
    await asyncio.Event().wait()


asyncio.run(main())
