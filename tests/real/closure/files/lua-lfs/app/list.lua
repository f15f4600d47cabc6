local lfs = require "lfs"
local ssl = require "ssl"

for name in lfs.dir("/etc") do print(name) end
print(ssl._VERSION)
