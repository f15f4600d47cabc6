const http = require('http');

http.createServer((request, response) => response.end('hello\n')).listen(8000, '127.0.0.1');
