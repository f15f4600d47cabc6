import Fastify from 'fastify';
import { z } from 'zod';

const Query = z.object({ name: z.string().default('world') });
const app = Fastify();
app.get('/', async (request: any) => ({ hello: Query.parse(request.query).name }));
app.listen({ port: 8000, host: '127.0.0.1' });
