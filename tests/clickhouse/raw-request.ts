// A request whose answer comes as it was sent: fetch unpacks it and adds headers of its own.
import { type IncomingHttpHeaders, request } from 'node:http';

export interface RawRequest {
  query: string;
  search?: Record<string, string>;
  headers?: Record<string, string>;
}

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export function raw(url: string, { query, search = {}, headers = {} }: RawRequest) {
  return new Promise<RawAnswer>((resolve, reject) => {
    const address = `${url}/?${new URLSearchParams(search)}`;
    const sent = request(address, { method: 'POST', headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(query);
  });
}
