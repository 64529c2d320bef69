// A collector of OpenTelemetry for tests: keeps the spans that are sent to it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface KeptSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly links?: readonly { readonly traceId: string }[];
  readonly status?: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
}

interface Body {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: KeptSpan['attributes'] };
    readonly scopeSpans: readonly { readonly spans: readonly KeptSpan[] }[];
  }[];
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly spans: KeptSpan[];
  /** Headers of the last call. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  services: Set<string>;
}

export async function receiveOtlp(): Promise<Receiver> {
  const spans: KeptSpan[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    receiver.headers = request.headers;
    if (request.url !== '/v1/traces') return void response.writeHead(404).end();
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as Body;
    for (const { resource, scopeSpans } of resourceSpans) {
      for (const { key, value } of resource.attributes) {
        if (key === 'service.name') receiver.services.add(String(Object.values(value)[0]));
      }
      for (const scope of scopeSpans) spans.push(...scope.spans);
    }
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    headers: {},
    services: new Set(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
  return receiver;
}
