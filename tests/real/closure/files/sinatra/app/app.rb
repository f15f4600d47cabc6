require 'sinatra'

set :port, 8000
set :bind, '127.0.0.1'
get('/') { 'hello' }
