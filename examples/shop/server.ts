// The server of a small shop. Its page asks it, and it asks Millrace: so no token is ever in a browser.
// MILLRACE_URL (default http://127.0.0.1:8090), MILLRACE_TOKEN (default none), PORT (default 8100).
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MillraceClient } from 'millrace/client';
import { products } from './products.ts';

const files: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/shop.js': ['shop.js', 'text/javascript; charset=utf-8'],
  '/shop.css': ['shop.css', 'text/css; charset=utf-8'],
};

const byId = new Map(products.map((product) => [product.id, product]));

/** Opens the shop: tells Millrace what it sells, then serves. @returns its address */
export async function openShop(millrace: MillraceClient, port: number) {
  await millrace.items(
    products.map(({ id, title, group, price }) => ({
      ...{ itemId: id, title, groups: [group], attributes: { price } },
    })),
  );
  const server = createServer((request, response) => {
    answer(millrace, request, response).catch((error: Error) => {
      console.error(error.message);
      send(response, 502, { message: 'The recommendations are away for a moment.' });
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url, close };
}

async function answer(
  millrace: MillraceClient,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop');
  const file = files[pathname];
  if (file) {
    response.writeHead(200, { 'content-type': file[1] });
    response.end(await readFile(new URL(`public/${file[0]}`, import.meta.url)));
  } else if (request.method === 'GET' && pathname === '/api/slate') {
    const userId = searchParams.get('user') ?? '';
    const slate = await millrace.recommend({ userId, k: 6, surface: 'shop-front' });
    const { impressionId, items } = slate;
    send(response, 200, { impressionId, products: items.map(({ itemId }) => byId.get(itemId)) });
  } else if (request.method === 'POST' && pathname === '/api/feedback') {
    // Millrace checks each field; the shop says only which fields there are.
    const { id, impressionId, userId, itemId, kind } = JSON.parse(await textOf(request));
    const value = kind === 'buy' ? (byId.get(itemId)?.price ?? 1) : 1;
    await millrace.feedback([{ id, impressionId, userId, itemId, kind, value }]);
    send(response, 200, {});
  } else send(response, 404, { message: 'There is no such page.' });
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > 10_000) throw new Error('A click is smaller than that.');
  }
  return text;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

if (import.meta.main) {
  const { MILLRACE_URL: url, MILLRACE_TOKEN: token, PORT = '8100' } = process.env;
  const millrace = new MillraceClient({ ...(url && { url }), ...(token && { token }) });
  const shop = await openShop(millrace, Number(PORT));
  console.log(`The shop is open: ${shop.url}`);
}
