const connect = require('connect');
const lodash = require('lodash');

const app = connect();
app.use((request, response) => response.end(`sum ${lodash.sum([1, 2, 3, 4])}\n`));
app.listen(8000);
