// What the pinned client (kafkajs 2.2.4) does not offer and this runtime cannot do without, wrapped at
// run time around single methods of its internals. No file of it is changed. A method that is gone
// in another version is an error, not a silent difference: these are what exactly-once leans on.
import { createRequire } from 'node:module';
import { MillraceError } from '../../schemas/errors.ts';
import { hideAborted } from './aborted-records.ts';
import { anyController, askingEach } from './any-broker.ts';
import { remembering } from './coordinator-cache.ts';
import { beginning, endingAll, unlessEnded } from './ended.ts';
import { endingAtCertificates, namingCalls } from './named-calls.ts';
import { joiningStatically, leavingDynamically } from './static-membership.ts';
import { closingUnanswered } from './unanswered.ts';
import { compressions } from './wire/compression.ts';

// biome-ignore lint/suspicious/noExplicitAny: the client's internals have no types
type Method = (this: any, ...args: any[]) => Promise<any>;

let patched = false;

/** Wraps the client once; later calls do nothing. @throws MillraceError `client-changed` */
export function patchKafkajs(now: () => number = () => performance.now()): void {
  if (patched) return;
  patched = true;
  wrap('kafkajs/src/cluster', 'findGroupCoordinator', (find) => remembering(find, now));
  wrap('kafkajs/src/cluster', 'findControllerBroker', anyController);
  wrap('kafkajs/src/cluster', 'connect', beginning);
  wrap('kafkajs/src/cluster', 'disconnect', endingAll);
  wrap('kafkajs/src/cluster/brokerPool', 'withBroker', askingEach);
  wrap('kafkajs/src/network/connection', 'send', namingCalls);
  wrap('kafkajs/src/network/connection', 'connect', endingAtCertificates);
  wrap('kafkajs/src/network/connection', 'connect', unlessEnded);
  wrap('kafkajs/src/broker', 'fetch', hideAborted);
  wrap('kafkajs/src/network/connection', 'send', closingUnanswered);
  wrap('kafkajs/src/broker', 'joinGroup', joiningStatically);
  wrap('kafkajs/src/broker', 'leaveGroup', leavingDynamically);
  readCompressed();
}

/**
 * Lets the client read every compression. It knows gzip alone and ends a consumer for good at any
 * other. It goes on writing without compression.
 */
function readCompressed(): void {
  const { CompressionCodecs } = createRequire(import.meta.url)('kafkajs') as {
    CompressionCodecs: Record<number, () => object>;
  };
  for (const [kind, { name, decompress }] of compressions) {
    const compress = () => Promise.reject(new Error(`Nothing is written with ${name} here.`));
    CompressionCodecs[kind] = () => ({
      compress,
      decompress: async (bytes: Buffer) => decompress(bytes),
    });
  }
}

function wrap(module: string, name: string, around: (method: Method) => Method): void {
  const loaded = createRequire(import.meta.url)(module) as { prototype: Record<string, Method> };
  const method = loaded.prototype?.[name];
  if (!method) {
    throw new MillraceError({
      code: 'client-changed',
      what: `The Kafka client has no ${name} in ${module} any more.`,
      why: 'Another version than the pinned one is installed.',
      todo: 'Install kafkajs at the version of package.json.',
    });
  }
  loaded.prototype[name] = around(method);
}
