// A bare route of the web server that Millrace's HTTP interface stands on: it reads the same body and answers
// at once with as many items, decides nothing and logs nothing.
import fastify from 'fastify';

interface Body {
  readonly userId: string;
  readonly k: number;
  readonly candidates: readonly string[];
}

const app = fastify();
app.post('/v1/recommend', async ({ body }) => {
  const { userId, k, candidates } = body as Body;
  const items = candidates.slice(0, k).map((itemId, position) => ({ itemId, position }));
  return { impressionId: 'bare', userId, items };
});
process.on('SIGTERM', () => process.exit());
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`HTTP: ${url}\n`);
