// The same HTTP interface with the ports over the topics: a request is written to its topic, and its
// impression read from another, decided by the members that run.

import { readConfig } from '../../app/config/read.ts';
import { routesOf } from '../../app/http/open.ts';
import { openLogs } from '../../app/log.ts';
import { connectStreams, reachableStreams } from '../../app/streams.ts';
import { serveApi } from '../../infra/http/api/server.ts';
import { TopicPorts } from '../../infra/http/api/topic-ports.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { requests } from '../../schemas/topics/requests.ts';

const config = readConfig();
const logs = openLogs(config.dataDir);
const addresses = reachableStreams(config)!;
const streams = await connectStreams(config, addresses, logs, { topics: [requests, impressions] });
const server = await serveApi({
  routes: routesOf(new TopicPorts({ ...streams, log: logs.log }), {
    border: config.border,
    latest: () => Number.POSITIVE_INFINITY,
    maxRecordBytes: config.errors.maxRecordBytes,
    bytesOf: (topic, event) => streams.codecs.of(topic).encode(event).length,
    batchRows: config.api.batchRows,
    health: () => ({ ready: true, reasons: [] }),
  }),
  limits: config.api,
  tokensFile: `${config.dataDir}/tokens.json`,
  log: logs.log,
  host: '127.0.0.1',
  port: 0,
});
process.on('SIGTERM', () => process.exit());
process.stdout.write(`HTTP: ${server.url}\n`);
