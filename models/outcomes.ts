// Who answered an item of a slate, and how much the answer counts: the one place where people's answers
// and a simulator's are told apart.
import type { Example, Outcome } from '../schemas/topics/examples.ts';
import type { Waiting } from '../schemas/topics/open-impressions.ts';

type Answer = Waiting['outcomes'][number];

/** Who answered: a person (`logged`) or the simulator. */
export type OutcomeSource = Example['source'];

/** What came of a place of a slate. */
type PlaceOutcome = Pick<Outcome, 'positive' | 'reward'> & {
  readonly source: OutcomeSource;
  /** Weight in learning, 0 to 1. */
  readonly confidence: number;
};

/**
 * What came of a place of a slate. A person's answer stands before a simulator's on the same item. A
 * place without an answer was passed by: by people, or by the simulator if nobody else answered the
 * slate.
 */
export function outcomeAt(answers: readonly Answer[], place: number): PlaceOutcome {
  const own = answers.filter(({ position }) => position === place);
  const counted = realIn(own);
  if (counted.length > 0) {
    return {
      positive: counted.some(({ positive }) => positive),
      reward: counted.reduce((sum, { value }) => sum + value, 0),
      source: counted[0]!.source,
      confidence: least(counted),
    };
  }
  const simulatorAlone = answers.length > 0 && answers.every(isSimulated);
  return {
    positive: false,
    reward: 0,
    source: simulatorAlone ? 'simulated' : 'logged',
    confidence: simulatorAlone ? least(answers) : 1,
  };
}

/**
 * Source and confidence of a slate as a whole: `simulated` if no person answered any of its items, else
 * `logged`; the least confidence of the items of that source.
 */
export function slateOutcome(
  items: readonly Pick<PlaceOutcome, 'source' | 'confidence'>[],
): Pick<PlaceOutcome, 'source' | 'confidence'> {
  const source = items.length > 0 && items.every(isSimulated) ? 'simulated' : 'logged';
  return { source, confidence: least(items.filter((item) => item.source === source)) };
}

/** Who answered an item. Records from before items said so have one source for the whole slate. */
export function sourceOf(example: Pick<Example, 'source'>, item: Pick<Outcome, 'source'>) {
  return item.source ?? example.source;
}

/** Weight of an item's outcome in learning, 0 to 1; 0 if it is not a number. */
export function weightOf(
  example: Pick<Example, 'confidence'>,
  item: Pick<Outcome, 'confidence'>,
): number {
  const confidence = item.confidence ?? example.confidence;
  return confidence > 0 ? Math.min(1, confidence) : 0;
}

/** Items that count for a judgement by outcomes of a source: simulated ones only with a weight. */
export function itemsJudged(example: Example, source: OutcomeSource): Outcome[] {
  return example.items.filter(
    (item) =>
      sourceOf(example, item) === source && (source === 'logged' || weightOf(example, item) > 0),
  );
}

/** Items that people answered or passed by. */
export function realItems(example: Example): readonly Outcome[] {
  const { items } = example;
  const isReal = (item: Outcome) => sourceOf(example, item) === 'logged';
  return items.every(isReal) ? items : items.filter(isReal);
}

/** The example with the items that people answered or passed by; the same object if these are all. */
export function realPart(example: Example): Example {
  const items = realItems(example);
  return items === example.items ? example : { ...example, items: [...items] };
}

const isSimulated = ({ source }: { readonly source: OutcomeSource }) => source === 'simulated';

/** People's answers where there are any, else all. */
function realIn(answers: readonly Answer[]): readonly Answer[] {
  const real = answers.filter((answer) => !isSimulated(answer));
  return real.length > 0 ? real : answers;
}

function least(of: readonly { readonly confidence: number }[]): number {
  return of.reduce((most, { confidence }) => Math.min(most, confidence), 1);
}
