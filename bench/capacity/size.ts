// What one core does for a shop of some size: requests decided, events joined, examples learned, and the bytes
// that are kept. In memory, so without the broker's work; every event is Avro all the same.
import { readConfig } from '../../app/config/read.ts';
import { topologyOf } from '../../app/topology.ts';
import { Random } from '../../models/random.ts';
import { type Codec, createCodec, schemaIdOf } from '../../schemas/codec.ts';
import { requestOf } from '../../schemas/request-border.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { type Click, clicks } from '../../schemas/topics/clicks.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { type Impression, impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { nobody } from '../../streams/topology.ts';

export interface ShopSize {
  readonly users: number;
  readonly items: number;
  /** Time in which requests are decided, s. */
  readonly seconds: number;
}

/** Rates are of one core, by the second. */
export interface Measured {
  readonly users: number;
  readonly items: number;
  /** Feedback of people, joined with its slate and remembered. */
  readonly feedback: number;
  /** Requests: retrieved, scored, drawn, logged, remembered. */
  readonly requests: number;
  /** Examples that the learner predicts and learns. */
  readonly examples: number;
  /** State of a user in the changelog, bytes. */
  readonly userBytes: number;
}

const begin = Date.UTC(2026, 0, 1);
const genres = ['comedy', 'crime', 'documentary', 'drama', 'horror', 'music', 'war', 'western'];
const k = 10;
/** Share of shown items that are clicked. */
const clicked = 0.1;

function runtimeOf(stage: string, topics: readonly AnyTopic[]): MemoryRuntime {
  const { stages } = topologyOf(readConfig({}, { folder: null }), { llm: nobody });
  const one = stages.filter(({ name }) => name === stage);
  return new MemoryRuntime({ stages: one, enrichers: [] }, { commitEvery: 500, topics });
}

/** Time that some work takes, s. */
function secondsOf(work: () => void): number {
  const started = performance.now();
  work();
  return (performance.now() - started) / 1000;
}

const click = (id: string, impressionId: string, userId: string, itemId: string, at: number) =>
  ({
    ...{ clickId: id, impressionId, userId, itemId, at, kind: 'click', positive: true, value: 1 },
    ...{ source: 'logged', confidence: 1, similarity: null },
  }) as Click;

export function measure({ users, items: catalogue, seconds }: ShopSize): Measured {
  const random = new Random(1);
  const serve = runtimeOf('serve', [items, examples]);
  for (let i = 0; i < catalogue; i++) {
    const groups = genres.filter(() => random.next() < 0.25);
    const itemId = `item-${i}`;
    const text = { title: `Title ${i}`, text: '', groups, attributes: {} };
    serve.send(items, { itemId, at: begin, ...text });
  }
  const popular = () => `item-${Math.floor(catalogue * random.next() ** 2)}`;
  let at = begin;
  for (let i = 0; i < users; i++)
    serve.send(clicks, click(`first-${i}`, '', `user-${i}`, popular(), ++at));
  const first = secondsOf(() => serve.drain());

  let decided = 0;
  let deciding = 0;
  let joined = 0;
  let joining = 0;
  let codec: Codec | undefined;
  while (deciding < seconds) {
    const before = serve.records(impressions)[0]!.length;
    for (let i = 0; i < 200; i++) {
      const userId = `user-${random.below(users)}`;
      serve.send(
        requests,
        requestOf({ requestId: `r-${decided++}`, userId, at: ++at, k, surface: 's' }),
      );
    }
    deciding += secondsOf(() => serve.drain());
    for (const { bytes } of serve.records(impressions)[0]!.slice(before)) {
      codec ??= createCodec(impressions, schemaIdOf(bytes!));
      const slate = codec.decode(bytes!) as Impression;
      for (const { itemId } of slate.items) {
        if (random.next() > clicked) continue;
        const { impressionId, userId } = slate;
        serve.send(clicks, click(`c-${joined++}`, impressionId, userId, itemId, ++at));
      }
    }
    joining += secondsOf(() => serve.drain());
  }
  // A day later every window is over.
  const later = requestOf({
    requestId: 'end',
    userId: 'user-0',
    at: at + 86_400_000,
    k,
    surface: 's',
  });
  serve.send(requests, later);
  serve.drain();

  const learn = runtimeOf('learn', []);
  const made = serve.records(examples).flat();
  for (const event of serve.events(examples)) learn.send(examples, event);
  const learning = secondsOf(() => learn.drain());
  const kept = new Map(
    serve
      .records(userStates)
      .flat()
      .map((one) => [one.key, one.bytes?.length ?? 0]),
  );
  const bytes = [...kept.values()].reduce((sum, one) => sum + one, 0);
  return {
    ...{ users, items: catalogue },
    feedback: (users + joined) / (first + joining),
    requests: decided / deciding,
    examples: made.length / learning,
    userBytes: bytes / Math.max(1, kept.size),
  };
}
