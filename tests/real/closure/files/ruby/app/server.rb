require 'webrick'

server = WEBrick::HTTPServer.new(Port: 8000, BindAddress: '127.0.0.1')
server.mount_proc('/') { |_request, response| response.body = 'hello' }
server.start
