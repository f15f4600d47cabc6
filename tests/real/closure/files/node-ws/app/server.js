const http = require('http');
const { WebSocketServer } = require('ws');

const server = http.createServer((request, response) => response.end('hello\n'));
new WebSocketServer({ server });
server.listen(8000, '127.0.0.1');
