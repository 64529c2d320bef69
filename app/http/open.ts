// The HTTP interface of a running Millrace: its routes over the ports, with the limits that are configured.
import '../../streams/engine/disposable-stack.ts';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import type { Warehouse } from '../../infra/clickhouse/warehouse.ts';
import { type BorderOptions, borderOf } from '../../infra/http/api/input.ts';
import type { Ports } from '../../infra/http/api/ports.ts';
import type { ApiRoute } from '../../infra/http/api/route.ts';
import { explainRoute } from '../../infra/http/api/routes/explain.ts';
import { feedbackRoute } from '../../infra/http/api/routes/feedback.ts';
import { type Health, healthRoute } from '../../infra/http/api/routes/health.ts';
import { itemsRoute } from '../../infra/http/api/routes/items.ts';
import { recommendRoute } from '../../infra/http/api/routes/recommend.ts';
import { rulesListRoute } from '../../infra/http/api/routes/rules-list.ts';
import { rulesPutRoute } from '../../infra/http/api/routes/rules-put.ts';
import { rulesRemoveRoute } from '../../infra/http/api/routes/rules-remove.ts';
import type { RulesPort } from '../../infra/http/api/rules-port.ts';
import { serveApi } from '../../infra/http/api/server.ts';
import { TopicPorts } from '../../infra/http/api/topic-ports.ts';
import { systemClock } from '../../infra/kafka/clock.ts';
import { latestBy } from '../../infra/kafka/errors-policy.ts';
import { apiSeries, servingSeries } from '../../infra/metrics/serving-series.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import type { Config } from '../config/read.ts';
import type { Logs } from '../log.ts';
import { rulesPort } from '../rules/port.ts';
import type { Streams } from '../streams.ts';
import { explainer } from './explain.ts';
import { type AskedMembers, openServing } from './serving.ts';

export interface ApiParts {
  readonly streams: Streams;
  /** Where slates are explained from; undefined where no ClickHouse is open. */
  readonly warehouse: Warehouse | undefined;
  /** The members of this process. */
  readonly members: AskedMembers;
  /** Where the series of this interface are. */
  readonly registry: Registry;
  readonly health: () => Health | Promise<Health>;
}

/**
 * Serves the HTTP interface on the first free port from the one wanted, until disposed of.
 * @throws MillraceError `dashboard-port`, `tokens-unreadable`
 */
export async function openApi(
  config: Config,
  { log, say }: Logs,
  { streams, warehouse, members, registry, health }: ApiParts,
): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const topics = stack.use(new TopicPorts({ ...streams, log }));
  let address = '';
  const serving = openServing(
    config,
    {
      ...{ streams, members, topics, address: () => address },
      series: servingSeries(registry),
    },
    stack,
  );
  const ports: Ports = {
    recommend: (request, call) => serving.recommend(request, call),
    feedback: (events, call) => serving.feedback(events, call),
    items: (changes, call) => serving.items(changes, call),
    ...(warehouse && { explain: explainer(warehouse) }),
  };
  const { api, host } = config;
  const routes = routesOf(ports, {
    border: config.border,
    latest: latestBy(config.errors, systemClock),
    maxRecordBytes: config.errors.maxRecordBytes,
    bytesOf: (topic, event) => streams.codecs.of(topic).encode(event).length,
    batchRows: api.batchRows,
    rules: rulesPort({ ...streams, log }, warehouse),
    health,
  });
  const series = apiSeries(registry, [...new Set(routes.map(({ url }) => url))]);
  const server = stack.use(
    await serveApi({
      routes,
      limits: api,
      tokensFile: tokensFileOf(config),
      ...{ log, host, port: api.port },
      onAnswered(route, status, seconds) {
        series.answered.inc({ route, status: String(status) });
        series.seconds.observe({ route }, seconds);
      },
      onRejected: (limit) => series.rejected.inc({ limit }),
    }),
  );
  // Told before they join their groups.
  address = (api.advertised ?? server.url).replace(/\/+$/, '');
  members.advertise(address);
  say(`HTTP: ${server.url}/v1/recommend, /v1/feedback, /v1/items (docs/http.md)`);
  return stack.move();
}

/** Path of the file of tokens. */
export const tokensFileOf = ({ api, dataDir }: Pick<Config, 'api' | 'dataDir'>) =>
  api.tokensFile ?? join(dataDir, 'tokens.json');

export interface RouteOptions extends BorderOptions {
  readonly batchRows: number;
  /** @default no routes of rules */
  readonly rules?: RulesPort | undefined;
  readonly health: ApiParts['health'];
}

/** Every route of the HTTP interface. */
export function routesOf(ports: Ports, options: RouteOptions): ApiRoute[] {
  const { batchRows, rules, health } = options;
  const now = Date.now;
  return [
    recommendRoute({ ports, border: borderOf(requests, options), now }),
    feedbackRoute({ ports, border: borderOf(clicks, options), now, batchRows }),
    itemsRoute({ ports, border: borderOf(items, options), now, batchRows }),
    ...explainRoute(ports),
    ...(rules ? rulesRoutes(rules, now) : []),
    healthRoute(health),
  ];
}

const rulesRoutes = (port: RulesPort, now: () => number): ApiRoute[] => [
  rulesListRoute(port),
  rulesPutRoute({ port, now }),
  rulesRemoveRoute(port),
];
