// kafkajs 2.2.4 asks the broker who coordinates a group or a transaction before every single call to
// that coordinator: four extra round trips in each transaction, measured as a third of all requests.
// This remembers the answer for a moment.

/**
 * Time that an answer is remembered, ms: shorter than the client's own patience with a wrong one.
 */
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

/**
 * Wraps the question so that the same question to the same cluster is answered from memory for a
 * moment; errors are not remembered.
 */
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
