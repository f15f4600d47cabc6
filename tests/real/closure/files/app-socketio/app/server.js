const { createServer } = require('http');
const { Server } = require('socket.io');
const winston = require('winston');
const config = require('dotenv').config();
const jwt = require('jsonwebtoken');

const log = winston.createLogger({ transports: [new winston.transports.Console()] });
const web = createServer((request, response) => response.end(jwt.sign({ path: request.url }, 'secret')));
new Server(web).on('connection', (socket) => socket.emit('hello'));
web.listen(8000, () => log.info('listening', { config: config.error ? 'none' : 'read' }));
