local socket = require("socket")

socket.sleep(0.1)
assert(socket.gettime() > 0)
