import sqlite3

from cryptography.hazmat.primitives import hashes, hmac
from lxml import etree

root = etree.fromstring("<a><b/></a>")
code = hmac.HMAC(b"key", hashes.SHA256())
code.update(etree.tostring(root))
with sqlite3.connect(":memory:") as database:
    database.execute("select ?", (code.finalize(),))
