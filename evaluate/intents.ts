// `millrace evaluate intents`: what the reasoner's intents are worth, and when they can be believed.
import { join } from 'node:path';
import { LIKED, movielens } from '../datasets/movielens.ts';
import { KeptAnswers } from '../infra/llama/kept-answers.ts';
import { millrace } from '../models/bandit/millrace/learner.ts';
import { type EvaluationRow, meanRow } from '../models/evaluation/evaluation.ts';
import {
  coverageRows,
  IntentGain,
  type Read,
  type Verdict,
} from '../models/evaluation/intent-gain.ts';
import { claimFaults } from '../models/llm/reasoner/claims.ts';
import { type Reading, Reasoner, type ReasonerModel } from '../models/llm/reasoner/reasoner.ts';
import { situationOf } from '../models/llm/reasoner/situation.ts';
import { vocabularyOf } from '../models/llm/reasoner/vocabulary.ts';
import { Random, shuffled } from '../models/random.ts';
import type { Item } from '../schemas/topics/items.ts';
import type { UserState } from '../schemas/topics/user-state.ts';
import { evaluationModels } from './explanations/models.ts';
import type { Protocol } from './protocol.ts';
import { ratings, rowExamples } from './row-examples.ts';
import { withScratch } from './scratch.ts';

/** Number of users who are read, each once. */
const USERS = 200;
/** Number of likes after a reading that it is held against. */
const NEXT = 10;
/** Fewest likes before a reading; it comes up to as many later. */
const FEWEST = 5;
const SPREAD = 40;
/**
 * Number of users for whom the model also writes a mood and conditions, which takes most of its
 * time.
 */
const WRITTEN = 12;
/**
 * Number of other items in a choice, and of items of about the same count of ratings they come
 * from.
 */
const OTHERS = 19;
const WINDOW = 100;

export const intents: Protocol = {
  name: 'intents',
  doc: `What users seem to want, read once each in mid-history by the language model (LLM_MODEL_REASONER),
against their next ${NEXT} likes: NDCG@10 of each among ${OTHERS} films about as popular and never rated by the
user, by the intent alone and by the learner with and without intents, both learning as the log goes on;
what was false in the readings; errors by coverage. ${USERS} users drawn by the seed, or --limit. The
model's answers are kept in the folder of parts.`,
  datasets: ['movielens'],
  async run({ folder, dataset, seed, config, limit, signal, progress }) {
    return withScratch(async (scratch) => {
      const log = await readLog(folder, scratch);
      const moments = momentsOf(log, limit ?? USERS, seed);
      await using models = evaluationModels(config);
      const model = await models.of('reasoner');
      const answers = await KeptAnswers.open(join(config.partsDir, 'vectors'), model);
      const reader = new IntentReader(answers, log.items);
      const gain = new IntentGain(millrace.create(), millrace.create());
      const open = new Map<string, { readonly read: Read; left: number }>();
      const random = new Random(seed + 1);
      for await (const example of rowExamples(movielens, folder, scratch, ratings)) {
        signal.throwIfAborted();
        const { userId, state } = example;
        if (moments.get(userId) === state.positives) {
          moments.delete(userId);
          open.set(userId, { read: await reader.read(state, log), left: NEXT });
          progress(`${reader.users} users read; ${answers.asked} answers asked for`);
        }
        const known = open.get(userId);
        const chosen = known && example.items[0]!.positive;
        gain.take(
          example,
          known?.read,
          chosen ? othersOf(example.items[0]!.itemId, userId, log, random) : [],
        );
        if (chosen && --known.left === 0) open.delete(userId);
      }
      const rows = [...gain.rows(), ...reader.rows()];
      return { protocol: 'intents', dataset, n: gain.n, seed, rows };
    });
  },
};

interface Log {
  readonly items: ReadonlyMap<string, Item>;
  /** Items, the most rated first. */
  readonly ranked: readonly string[];
  readonly rank: ReadonlyMap<string, number>;
  /** Items that each user rated at any time. */
  readonly rated: ReadonlyMap<string, ReadonlySet<string>>;
  /** Items that each user liked, in order of time. */
  readonly liked: ReadonlyMap<string, readonly string[]>;
  /** Share of all likes in each group. */
  readonly base: ReadonlyMap<string, number>;
}

async function readLog(folder: string, scratch: string): Promise<Log> {
  const items = new Map<string, Item>();
  for await (const item of movielens.items(folder)) items.set(item.itemId, item);
  const counts = new Map<string, number>();
  const rated = new Map<string, Set<string>>();
  const liked = new Map<string, string[]>();
  const base = new Map<string, number>();
  let likes = 0;
  await using log = await movielens.openRows(folder, { scratch: join(scratch, 'rows') });
  for await (const batch of log.rows()) {
    for (const { userId, itemId, value } of batch) {
      counts.set(itemId, (counts.get(itemId) ?? 0) + 1);
      rated.set(userId, (rated.get(userId) ?? new Set()).add(itemId));
      if (value < LIKED) continue;
      likes++;
      liked.set(userId, [...(liked.get(userId) ?? []), itemId]);
      for (const group of items.get(itemId)?.groups ?? []) {
        base.set(group, (base.get(group) ?? 0) + 1);
      }
    }
  }
  for (const [group, count] of base) base.set(group, count / likes);
  const ranked = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([id]) => id);
  return { items, ranked, rank: new Map(ranked.map((id, i) => [id, i])), rated, liked, base };
}

/**
 * Number of likes before the reading, by user. Users and moments are chosen by multiplicative
 * hashes (Knuth 1973, 6.4).
 */
function momentsOf({ liked }: Log, users: number, seed: number): Map<string, number> {
  const drawn = (userId: string, by: number) => Math.imul(Number(userId) + seed, by) >>> 0;
  return new Map(
    [...liked]
      .filter(([, likes]) => likes.length >= FEWEST + NEXT + 1)
      .sort(([a], [b]) => drawn(a, 2_654_435_761) - drawn(b, 2_654_435_761))
      .slice(0, users)
      .map(([userId, likes]) => {
        const spread = Math.max(1, Math.min(SPREAD, likes.length - NEXT - FEWEST));
        return [userId, FEWEST + (drawn(userId, 40_503) % spread)];
      }),
  );
}

/** Films about as popular as the liked one that the user never rated. */
function othersOf(
  itemId: string,
  userId: string,
  { ranked, rank, rated, items }: Log,
  random: Random,
) {
  const from = Math.max(0, rank.get(itemId)! - random.below(WINDOW));
  const near = ranked.slice(from, from + WINDOW).filter((id) => !rated.get(userId)!.has(id));
  return shuffled(near, random)
    .slice(0, OTHERS)
    .map((id) => ({ itemId: id, groups: items.get(id)?.groups ?? [] }));
}

const TOLD = 'intent';
const WRITING = 'mood and conditions';

/**
 * Reads users by history and model together and by each alone, and compares what they want with
 * what came.
 */
class IntentReader {
  private readonly ways: Readonly<Record<string, Reasoner>>;
  private readonly verdicts: Verdict[] = [];
  private readonly errors = new Map<string, number[]>();
  private readonly removed = new Map<string, number[]>();
  private readonly vocabulary;
  private readonly answers: KeptAnswers;
  private readonly costs: number[] = [];
  private readonly written: Reading[] = [];
  private readonly writer: Reasoner;

  constructor(answers: KeptAnswers, items: ReadonlyMap<string, Item>) {
    this.answers = answers;
    this.vocabulary = vocabularyOf(items.values());
    // Their vectors are not looked at.
    const wordless: ReasonerModel = {
      name: answers.name,
      score: (prefix, names) => answers.score(prefix, names),
      generate: (prompt, options) => answers.generate(prompt, options),
      embed: async () => new Float32Array(0),
    };
    const alone = (history: number, model: number) =>
      new Reasoner(wordless, { samples: 0, weights: { history, model } });
    this.writer = new Reasoner(wordless);
    this.ways = {
      [TOLD]: new Reasoner(wordless, { samples: 0 }),
      'intent by the history alone': alone(1, 0),
      'intent by the model alone': alone(0, 1),
    };
  }

  get users(): number {
    return this.verdicts.length;
  }

  async read(state: UserState, log: Log): Promise<Read> {
    const situation = situationOf(state, (id) => log.items.get(id));
    const next = log.liked.get(state.userId)!.slice(state.positives, state.positives + NEXT);
    const wishes: Record<string, Reading> = {};
    for (const [name, reasoner] of Object.entries(this.ways)) {
      const before = this.answers.spent.ms;
      const reading = await reasoner.read(situation, this.vocabulary);
      wishes[name] = reading;
      const wrong = reading.wanted.filter((group) => {
        const came = next.filter((id) => log.items.get(id)?.groups.includes(group)).length;
        return came / next.length <= (log.base.get(group) ?? 0);
      });
      const error = wrong.length / Math.max(1, reading.wanted.length);
      append(this.errors, name, error);
      for (const fault of claimFaults)
        append(this.removed, `${name}/${fault}`, reading.faults[fault] ?? 0);
      if (name !== TOLD) continue;
      this.verdicts.push({ uncertainty: reading.uncertainty, error });
      this.costs.push(this.answers.spent.ms - before);
    }
    if (this.written.length < WRITTEN) {
      this.written.push(await this.writer.read(situation, this.vocabulary));
    }
    const flat = Object.entries(wishes).map(([name, { uncertainty, ...rest }]) => [
      name,
      { ...rest, uncertainty: uncertainty.overall },
    ]);
    return { wishes: Object.fromEntries(flat), told: TOLD };
  }

  rows(): EvaluationRow[] {
    if (this.users === 0) return [];
    const moods = this.written.map(({ mood }) => (mood === '' ? 0 : 1));
    const constraints = this.written.map((reading) => reading.constraints.length);
    return [
      ...[...this.errors].map(([name, errors]) =>
        meanRow(name, 'wanted groups that did not come', errors),
      ),
      ...[...this.removed].map(([key, counts]) => {
        const [name, fault] = key.split('/') as [string, string];
        return meanRow(name, `claims removed, ${fault}`, counts);
      }),
      meanRow(WRITING, 'mood kept', moods),
      meanRow(WRITING, 'constraints kept', constraints),
      ...claimFaults.map((fault) => {
        const counts = this.written.map(({ faults }) => faults[fault] ?? 0);
        return meanRow(WRITING, `claims removed, ${fault}`, counts);
      }),
      meanRow(
        WRITING,
        'tokens',
        this.written.map(({ tokens }) => tokens),
      ),
      meanRow(TOLD, 'ms', this.costs),
      ...coverageRows(this.verdicts),
    ];
  }
}

function append(lists: Map<string, number[]>, key: string, value: number): void {
  lists.set(key, [...(lists.get(key) ?? []), value]);
}
