"""The part of the services' APIs that the recipes need, on loopback: comments of GitHub with paging by Link header,
notes of GitLab, artifacts of a run. Everything that arrives is kept in `requests`."""
import http.server
import json
import re
import threading
import urllib.parse


class Forge:
    """State of the service. `faults` are statuses that the next requests of a method are answered with."""

    def __init__(self, kind="github", login="github-actions[bot]", page_size=30):
        self.kind, self.login, self.page_size = kind, login, page_size
        self.comments, self.requests, self.faults = [], [], []
        self.user_status, self.write_status = 200, 200
        self.fault_is_late = False
        self.foreign_next = ""
        self.files = {}
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def add(self, body, author=None):
        comment = {"id": 1000 + len(self.comments), "body": body}
        if self.kind == "github":
            comment["user"] = {"login": author or self.login}
        else:
            comment |= {"author": {"username": author or self.login}, "system": False}
        self.comments.append(comment)
        return comment

    def writes(self):
        return [(method, path) for method, path, _ in self.requests if method != "GET"]

    def token_of(self, headers):
        return headers.get("PRIVATE-TOKEN") if self.kind == "gitlab" else (headers.get("Authorization") or "").removeprefix("Bearer ")

    def handler(forge):
        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def answer(self, status, value, **headers):
                data = value if isinstance(value, bytes) else json.dumps(value).encode()
                self.send_response(status)
                for name, text in headers.items():
                    self.send_header(name.replace("_", "-"), text)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def page(self, query):
                size = min(int(query.get("per_page", [forge.page_size])[0]), forge.page_size)
                number = int(query.get("page", ["1"])[0])
                rows = forge.comments[(number - 1) * size:number * size]
                headers = {}
                if number * size < len(forge.comments):
                    query = urllib.parse.urlencode({name: values[0] for name, values in query.items()} | {"page": number + 1})
                    base = forge.foreign_next or forge.url
                    path = self.path.partition("?")[0]
                    headers["Link"] = f'<{forge.url}{path}?page=1>; rel="first", <{base}{path}?{query}>; rel="next"'
                self.answer(200, rows, **headers)

            def write(self, method, path, body):
                if forge.write_status != 200:
                    return self.answer(forge.write_status, {"message": "Resource not accessible by integration"})
                late = forge.faults and forge.fault_is_late
                if method == "POST":
                    comment = forge.add(body["body"])
                else:
                    comment = next(one for one in forge.comments if path.endswith(f"/{one['id']}"))
                    comment["body"] = body["body"]
                if late:
                    return self.answer(forge.faults.pop(0), {"message": "late"})
                return self.answer(201 if method == "POST" else 200, comment)

            def serve(self):
                method, (path, _, query) = self.command, self.path.partition("?")
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                forge.requests.append((method, self.path, body))
                if path in forge.files:
                    return self.answer(200, forge.files[path])
                if forge.token_of(self.headers) != "t0ken":
                    return self.answer(401, {"message": "Bad credentials"})
                if forge.faults and not (forge.fault_is_late and method == "GET") and not forge.fault_is_late:
                    return self.answer(forge.faults.pop(0), {"message": "::error::try\x1b[2J again"})
                if path == "/user":
                    if forge.user_status != 200:
                        return self.answer(forge.user_status, {"message": "Resource not accessible by integration"})
                    return self.answer(200, {"login": forge.login, "username": forge.login})
                if re.fullmatch(r"/repos/o/r/issues(/7)?/comments(/\d+)?|/projects/5/merge_requests/7/notes(/\d+)?", path):
                    return self.page(urllib.parse.parse_qs(query)) if method == "GET" else self.write(method, path, body)
                return self.answer(404, {"message": "Not Found"})

            do_GET = do_POST = do_PATCH = do_PUT = serve

        return Handler
