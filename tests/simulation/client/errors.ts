// The pinned client's own errors, by which the runtime tells what may be tried again.
import { createRequire } from 'node:module';

type Make = new (message: string, options?: object) => Error;

const errors = createRequire(import.meta.url)('kafkajs/src/errors') as {
  readonly KafkaJSConnectionError: Make;
  readonly KafkaJSConnectionClosedError: Make;
  readonly KafkaJSRequestTimeoutError: Make;
  readonly KafkaJSBrokerNotFound: Make;
  readonly KafkaJSNumberOfRetriesExceeded: new (cause: Error, options: object) => Error;
};

export const refused = (node: string) =>
  new errors.KafkaJSConnectionError(`Connection refused: ${node}`, { code: 'ECONNREFUSED' });

export const connectTimedOut = (node: string) =>
  new errors.KafkaJSConnectionError(`Connection timeout: ${node}`);

export const closed = () => new errors.KafkaJSConnectionClosedError('Closed connection', {});

export const timedOut = (api: string) =>
  new errors.KafkaJSRequestTimeoutError(`Request ${api} timed out`);

export const notFound = (node: string) =>
  new errors.KafkaJSBrokerNotFound(`Broker ${node} not found in the cached metadata`);

export const retriesExceeded = (cause: Error, retryCount: number) =>
  new errors.KafkaJSNumberOfRetriesExceeded(cause, { retryCount, retryTime: 0 });
