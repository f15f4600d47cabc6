const express = require('express')
const { transform } = require('lightningcss')
const watcher = require('@parcel/watcher')

const app = express()
app.get('/', (request, response) => {
  const { code } = transform({ filename: 'a.css', code: Buffer.from('a { color: red }'), minify: true })
  response.type('css').send(code + typeof watcher.subscribe)
})
app.listen(8000, '127.0.0.1')
