// Reads server-sent events through a plain HTTP request.
import { type ClientRequest, type IncomingMessage, request } from 'node:http';

export interface Frame {
  event: string;
  data: string;
}

export interface Stream {
  response: IncomingMessage;
  request: ClientRequest;
  /** The next frame; rejects when the server ends the stream. */
  next(): Promise<Frame>;
  close(): void;
}

/** Opens `/events` and waits for the head of the answer. */
export async function openStream(url: string): Promise<Stream> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = request(`${url}/events`, resolve).on('error', reject);
  sent.end();
  const response = await promise;
  const frames = framesOf(response);
  return {
    response,
    request: sent,
    async next() {
      const { value, done } = await frames.next();
      if (done || !value) throw new Error('The stream has ended.');
      return value;
    },
    close: () => sent.destroy(),
  };
}

async function* framesOf(response: IncomingMessage): AsyncGenerator<Frame, undefined> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const field = (name: string) =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const event = field('event');
      if (event) yield { event, data: field('data') ?? '' };
    }
  }
  return undefined;
}
