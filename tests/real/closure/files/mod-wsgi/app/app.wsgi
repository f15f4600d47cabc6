import json
import sqlite3


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [json.dumps(sqlite3.sqlite_version).encode()]
