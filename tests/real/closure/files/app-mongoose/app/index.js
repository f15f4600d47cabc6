const express = require('express');
const helmet = require('helmet');
const mongoose = require('mongoose');
const bcrypt = require('bcrypt');

const User = mongoose.model('User', new mongoose.Schema({ name: String, hash: String }));
const app = express();
app.use(helmet());
app.get('/', async (request, response) => {
  const user = new User({ name: 'a', hash: await bcrypt.hash('secret', 4) });
  response.json({ id: user.id });
});
app.listen(8000);
