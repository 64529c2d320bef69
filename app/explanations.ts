// The explanations for the page on which people rate them, and where their ratings go.
import { randomUUID } from 'node:crypto';
import { rowsOf } from '../infra/clickhouse/warehouse.ts';
import type { Explanations, ShownExplanation } from '../infra/http/explanations.ts';
import { type Judgement, judgements } from '../schemas/topics/judgements.ts';
import type { OpenParts } from './parts.ts';

type Needed = Pick<OpenParts, 'kafka' | 'codecs' | 'nameOf' | 'warehouse'>;

/** Opens the explanations. People's ratings go into the same topic as those of a judging model. */
export async function openExplanations(
  { kafka, codecs, nameOf, warehouse }: Needed,
  now: () => number,
): Promise<Explanations & AsyncDisposable> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  return {
    latest: () => rowsOf<ShownExplanation>(warehouse, `select ${columns} from latest_explanations`),
    async judge({ hash, by, marks }) {
      const at = now();
      const codec = codecs.of(judgements);
      const records = Object.entries(marks).map(
        ([aspect, score]): Judgement => ({
          ...{ judgementId: randomUUID(), hash, at, judge: 'person', by, aspect, score },
        }),
      );
      await producer.send({
        topic: nameOf(judgements),
        messages: records.map((record) => ({ key: hash, value: codec.encode(record) })),
      });
    },
    [Symbol.asyncDispose]: () => producer.disconnect(),
  };
}

const columns =
  'hash, title, text, citedTitles, citedGroups, citedAttributes, model, judgementsByPeople';
