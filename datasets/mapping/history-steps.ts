// Events of a history in order of time as steps: rows of one slate are put together, feedback that names no
// slate answers the user's latest one with the item, and what was said before is a dead letter.
import type { Impression } from '../../schemas/topics/impressions.ts';
import type { LogStep } from '../dataset.ts';
import { estimatedImpression, Popularity } from '../logged.ts';
import { VIEW_WINDOW_MS, Views } from '../views.ts';
import type { EventRow } from './history-row.ts';
import { RecentIds } from './recent-ids.ts';
import type { Tally } from './tally.ts';

type Shown = Extract<EventRow, { kind: 'impression' }>;
type Answered = Extract<EventRow, { kind: 'click' }>;

export class HistorySteps {
  readonly #popularity = new Popularity();
  readonly #views: Views;
  readonly #ids = new RecentIds(VIEW_WINDOW_MS);
  readonly #tally: Tally;
  /** Rows of the slate that may still grow: those of one id at one time. */
  #slate: Shown[] = [];

  readonly #onRepeated: (row: EventRow, reason: string) => void;

  /**
   * @param windowMs time that a slate waits for feedback
   * @param onRepeated is told of every row that says again what one before it said
   */
  constructor(
    windowMs: number,
    tally: Tally,
    onRepeated: (row: EventRow, reason: string) => void = () => {},
  ) {
    this.#views = new Views(windowMs);
    this.#tally = tally;
    this.#onRepeated = onRepeated;
  }

  *push(row: EventRow): Generator<LogStep> {
    const open = this.#slate[0];
    if (row.kind === 'impression' && open && isSameSlate(open, row)) {
      this.#slate.push(row);
      return;
    }
    yield* this.#show();
    if (row.kind === 'impression') this.#slate = [row];
    else yield this.#answer(row);
  }

  finish(): Generator<LogStep> {
    return this.#show();
  }

  *#show(): Generator<LogStep> {
    const [first, ...others] = this.#slate;
    this.#slate = [];
    if (!first) return;
    const { at, event } = first;
    if (!this.#ids.isNew(`i${event.impressionId}`, at)) {
      for (const row of [first, ...others]) yield this.#repeated(row, event.impressionId);
      return;
    }
    const places = new Set(event.items.map(placeOf));
    const rows: Shown[] = [first];
    for (const row of others) {
      // The same item at the same place is a row delivered twice; another one is the next of the slate.
      if (row.event.items.some((item) => places.has(placeOf(item)))) {
        yield this.#repeated(row, event.impressionId);
        continue;
      }
      for (const item of row.event.items) places.add(placeOf(item));
      rows.push(row);
    }
    const impression = this.#estimated(merged(rows.map((row) => row.event)));
    const { impressionId, userId } = impression;
    for (const { itemId } of impression.items) {
      this.#popularity.add(itemId);
      this.#views.add(userId, itemId, { impressionId, at });
    }
    yield { kind: 'impression', at, rows: rows.filter(({ counts }) => counts).length, impression };
  }

  /** Feedback, joined to the latest slate with its item unless it names one itself. */
  #answer(row: Answered): LogStep {
    const { event, at, counts } = row;
    const { clickId, impressionId, userId, itemId } = event;
    if (!this.#ids.isNew(`c${clickId}`, at)) return this.#repeated(row, clickId);
    const slate = impressionId || (this.#views.latest(userId, itemId, at)?.impressionId ?? '');
    if (slate === '') this.#tally.unjoined += 1;
    return { kind: 'click', at, rows: counts ? 1 : 0, click: { ...event, impressionId: slate } };
  }

  /** Propensities of a log that has none are estimated by the popularity before the slate. */
  #estimated(impression: Impression): Impression {
    if (impression.propensitySource === 'drawn') return impression;
    const { impressionId, userId, at, items, candidateCount } = impression;
    const itemIds = items.map(({ itemId }) => itemId);
    const made = estimatedImpression({ impressionId, userId, at, itemIds }, this.#popularity);
    return {
      ...made,
      candidateCount: Math.max(made.candidateCount, candidateCount),
      items: made.items.map((item, i) => ({ ...item, position: items[i]!.position })),
    };
  }

  #repeated(row: EventRow, id: string): LogStep {
    const { at, file, line, source, counts, event } = row;
    const reason = `${id} was there before`;
    if (counts) this.#tally.repeat(source);
    if (counts) this.#onRepeated(row, reason);
    return {
      kind: 'dead',
      at,
      rows: counts ? 1 : 0,
      deadLetter: {
        at,
        origin: file,
        partition: null,
        offset: null,
        line,
        code: 'row-duplicate',
        reason: `Line ${line} of ${file} was skipped: ${reason}.`,
        key: null,
        data: Buffer.from(JSON.stringify(event)),
        skippedBy: null,
      },
    };
  }
}

const placeOf = ({ itemId, position }: Impression['items'][number]) => `${position}:${itemId}`;

function isSameSlate({ event, at }: Shown, other: Shown): boolean {
  const { impressionId, userId } = other.event;
  return other.at === at && impressionId === event.impressionId && userId === event.userId;
}

/** One slate of the rows of its items, top first. */
function merged(rows: readonly Impression[]): Impression {
  const [first, ...others] = rows as readonly [Impression, ...Impression[]];
  if (others.length === 0) return first;
  const items = rows.flatMap((row) => row.items).sort((a, b) => a.position - b.position);
  return {
    ...first,
    items,
    candidateCount: Math.max(items.length, ...rows.map((row) => row.candidateCount)),
    slateLogProb: rows.reduce((sum, row) => sum + row.slateLogProb, 0),
    propensitySource: rows.every((row) => row.propensitySource === 'drawn') ? 'drawn' : 'estimated',
  };
}
