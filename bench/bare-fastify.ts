/** The bare limit of a cold start: a Fastify server with one route. */
import Fastify from 'fastify';

const app = Fastify();
app.get('/livez', () => ({ ok: true }));
await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify({ event: 'relay.ready' })}\n`);
process.once('SIGTERM', () => void app.close());
