// The HTTP interface over a topology in memory: real decisions and real rules, no broker.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../app/config/read.ts';
import { type RouteOptions, routesOf } from '../../app/http/open.ts';
import { checkChanges } from '../../app/rules/topic.ts';
import { topologyOf } from '../../app/topology.ts';
import type { FeedbackStatus, Ports } from '../../infra/http/api/ports.ts';
import type { RulesPort } from '../../infra/http/api/rules-port.ts';
import { type ApiLimits, type ApiOptions, serveApi } from '../../infra/http/api/server.ts';
import { type KeptToken, makeToken, writeTokens } from '../../infra/http/api/tokens.ts';
import { latestBy } from '../../infra/kafka/errors-policy.ts';
import { type Codec, createCodec, schemaIdOf } from '../../schemas/codec.ts';
import { topics } from '../../schemas/index.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { type Impression, impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { rules } from '../../schemas/topics/rules.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { rulesTable } from '../../streams/tables/rules.ts';

/** The latest impression that fits. */
function latest(
  runtime: MemoryRuntime,
  fits: (one: Impression) => boolean,
): Impression | undefined {
  const [records = []] = runtime.records(impressions);
  const codec = createCodec(impressions, records[0] ? schemaIdOf(records[0].bytes!) : 0);
  for (let i = records.length - 1; i >= 0; i--) {
    const one = codec.decode(records[i]!.bytes!) as Impression;
    if (fits(one)) return one;
  }
  return undefined;
}

/** The ports over a runtime in memory of one partition: an answer comes at once. */
export function memoryPorts(runtime: MemoryRuntime): Ports {
  return {
    async recommend(request) {
      runtime.send(requests, request);
      runtime.drain();
      const impression = latest(runtime, ({ requestId }) => requestId === request.requestId);
      return { impression: impression!, logged: true, repeated: false };
    },
    async feedback(events) {
      for (const click of events) runtime.send(clicks, click);
      runtime.drain();
      return events.map((): FeedbackStatus => 'written');
    },
    async items(changes) {
      for (const { itemId, item } of changes) {
        if (item) runtime.send(items, item);
        else runtime.sendRecord(items, 0, { key: itemId, at: 0, bytes: null });
      }
      runtime.drain();
    },
  };
}

/** The rules over a runtime in memory, whose catalogue knows everything. */
function memoryRules(runtime: MemoryRuntime): RulesPort {
  const book = runtime.tables.of(rulesTable);
  const known = () => new Map(book.all().map((rule) => [rule.ruleId, rule]));
  return {
    all: async () => book.all(),
    async put(rule) {
      checkChanges(known(), [{ ruleId: rule.ruleId, rule }]);
      runtime.send(rules, rule);
      runtime.drain();
      return [];
    },
    async remove(ruleId) {
      checkChanges(known(), [{ ruleId, rule: null }]);
      runtime.sendRecord(rules, 0, { key: ruleId, at: 0, bytes: null });
      runtime.drain();
    },
  };
}

export interface MemoryApiOptions {
  /** Ports to use in place of those over the runtime. */
  readonly ports?: Partial<Ports>;
  readonly limits?: Partial<ApiLimits>;
  readonly routes?: Partial<RouteOptions>;
  readonly server?: Partial<ApiOptions>;
  /** Tokens to have, by name. @default none */
  readonly tokens?: Readonly<Record<string, KeptToken['scopes']>>;
}

export interface MemoryApi extends AsyncDisposable {
  readonly url: string;
  readonly runtime: MemoryRuntime;
  readonly tokensFile: string;
  /** The tokens by name. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Posts JSON; text is sent as it is. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Sends JSON with another method; undefined for no body. */
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

export const plentyOf: ApiLimits = {
  ...{ bodyBytes: 4_000_000, ratePerSecond: 1_000_000, concurrency: 256, deadlineMs: 5_000 },
};

export async function openMemoryApi(options: MemoryApiOptions = {}): Promise<MemoryApi> {
  const config = readConfig({}, { folder: null });
  const runtime = new MemoryRuntime(topologyOf(config), { topics });
  const ports = { ...memoryPorts(runtime), ...options.ports };
  const folder = mkdtempSync(join(tmpdir(), 'millrace-api-'));
  const tokensFile = join(folder, 'tokens.json');
  const made = Object.entries(options.tokens ?? {}).map(([name, scopes]) => ({
    ...{ name, ...makeToken(name, scopes, new Date()) },
  }));
  if (made.length > 0)
    writeTokens(
      tokensFile,
      made.map(({ kept }) => kept),
    );
  const codecs = new Map<string, Codec>(topics.map((topic) => [topic.name, createCodec(topic, 1)]));
  const server = await serveApi({
    routes: routesOf(ports, {
      border: config.border,
      latest: latestBy(config.errors, { date: Date.now }),
      maxRecordBytes: config.errors.maxRecordBytes,
      bytesOf: (topic, event) => codecs.get(topic.name)!.encode(event).length,
      batchRows: 1_000,
      rules: memoryRules(runtime),
      health: () => ({ ready: true, reasons: [] }),
      ...options.routes,
    }),
    limits: { ...plentyOf, ...options.limits },
    tokensFile,
    log: pino({ level: 'silent' }),
    host: '127.0.0.1',
    port: 0,
    ...options.server,
  });
  const { url } = server;
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const { status, headers, ...answer } = await answerOf(await fetch(`${url}${path}`, init));
    return { status, headers, ...answer };
  };
  return {
    ...{ url, runtime, tokensFile },
    tokens: Object.fromEntries(made.map(({ name, token }) => [name, token])),
    post: (path, body, headers = {}) =>
      ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    get: (path, headers = {}) => ask(path, { headers }),
    send: (method, path, body, headers = {}) =>
      ask(path, {
        method,
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}
