// kafkajs 2.2.4 asks the broker who coordinates a group or a transaction before every single call to
// that coordinator: four extra round trips in each transaction, measured as a third of all requests.
// This remembers the answer for a moment. It wraps a method of the pinned client at run time; should
// the method be gone in another version, nothing is wrapped and everything works as before.
import { createRequire } from 'node:module';

/** An answer is believed so long, ms: shorter than the client's own patience with a wrong one. */
const believedMs = 2_000;

interface Broker {
  isConnected(): boolean;
}

interface Question {
  groupId: string;
  coordinatorType?: number;
}

type Find = (this: object, question: Question) => Promise<Broker>;

interface Answer {
  readonly until: number;
  readonly broker: Promise<Broker>;
}

let wrapped = false;

/** Wraps the client once; later calls do nothing. */
export function rememberCoordinators(now: () => number = () => performance.now()): void {
  if (wrapped) return;
  wrapped = true;
  const Cluster = createRequire(import.meta.url)('kafkajs/src/cluster') as {
    prototype: { findGroupCoordinator?: Find };
  };
  const find = Cluster.prototype.findGroupCoordinator;
  if (!find) return;
  Cluster.prototype.findGroupCoordinator = remembering(find, now);
}

/** The same question to the same cluster has the same answer for a moment, unless it was an error. */
export function remembering(find: Find, now: () => number): Find {
  const answers = new WeakMap<object, Map<string, Answer>>();
  return async function (this: object, question: Question) {
    const known = answers.get(this) ?? new Map<string, Answer>();
    answers.set(this, known);
    const key = `${question.coordinatorType ?? 0}/${question.groupId}`;
    const answer = known.get(key);
    if (answer && answer.until > now()) {
      const broker = await answer.broker;
      if (broker.isConnected()) return broker;
    }
    const broker = find.call(this, question);
    known.set(key, { until: now() + believedMs, broker });
    broker.catch(() => known.delete(key));
    return broker;
  };
}
