"""Serves one model as the hub does, and fetches it with the hub's own client."""
import hashlib
import http.server
import os
import threading

WEIGHTS = os.path.join(os.path.dirname(__file__), "weights.bin")


class Hub(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        with open(WEIGHTS, "rb") as stream:
            content = stream.read()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", '"' + hashlib.sha256(content).hexdigest() + '"')
        self.send_header("X-Repo-Commit", "0123456789abcdef0123456789abcdef01234567")
        self.end_headers()
        return content

    def do_GET(self):
        self.wfile.write(self.do_HEAD())


server = http.server.HTTPServer(("127.0.0.1", 0), Hub)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["HF_ENDPOINT"] = f"http://127.0.0.1:{server.server_port}"
for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
    os.environ.pop(name, None)
import huggingface_hub  # noqa: E402

print(huggingface_hub.hf_hub_download("shop/small", "weights.bin"))
