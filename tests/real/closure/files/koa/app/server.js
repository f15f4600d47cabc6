const Koa = require('koa');
const bcrypt = require('bcrypt');

const app = new Koa();
app.use(async (context) => { context.body = await bcrypt.hash('hello', 4); });
app.listen(8000, '127.0.0.1');
