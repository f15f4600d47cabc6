import express from 'express';
import sharp from 'sharp';

const app = express();
app.get('/', async (_request, response) => {
  const image = await sharp({ create: { width: 32, height: 32, channels: 3, background: 'red' } }).png().toBuffer();
  response.type('png').send(image);
});
app.listen(8000);
