"""Answers with a sum, so that somebody can see that it works."""
import http.server


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"sum %d" % sum(range(5)))


http.server.HTTPServer(("127.0.0.1", 8000), Handler).serve_forever()
