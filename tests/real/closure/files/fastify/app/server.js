const fastify = require('fastify')();
const swc = require('@swc/core');

fastify.get('/', async () => ({code: swc.transformSync('const a = 1').code}));
fastify.listen({port: 8000, host: '127.0.0.1'});
