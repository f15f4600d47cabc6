local socket = require("socket")
local json = require("cjson.safe")
print(json.encode({ now = socket.gettime() > 0 }))
