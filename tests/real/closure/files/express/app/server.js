const express = require('express');

const app = express();
app.get('/', (request, response) => response.json({ok: true}));
app.listen(8000, '127.0.0.1');
