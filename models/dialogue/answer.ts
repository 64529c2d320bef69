// The words that go with a slate: what it is recommended for, or the question that is worth more. It knows the
// slate and what the user said, and nothing is kept from one request to the next.
import { softmax } from '../softmax.ts';
import { questionOf } from './question.ts';
import type { TurnReading } from './reading/reading.ts';
import {
  type Act,
  askText,
  closeText,
  explainText,
  recommendText,
  type SaidItem,
} from './reply.ts';
import type { DialogueWishes } from './wishes.ts';

export interface ShownItem {
  readonly title: string;
  readonly groups: readonly string[];
  /** Logit with which it was drawn. */
  readonly score: number;
}

export interface SlateAnswer {
  readonly act: Act;
  readonly text: string;
  /** Groups asked about. */
  readonly groups: readonly string[];
}

/** Items that a sentence names. */
const NAMED = 3;

/** @param latest the last turn of what was said */
export function answerOf(
  wishes: DialogueWishes,
  latest: TurnReading,
  shown: readonly ShownItem[],
): SlateAnswer {
  const said = shown.slice(0, NAMED).map((item) => saidItem(item, wishes));
  if (latest.asks === 'nothing') return { act: 'close', text: closeText, groups: [] };
  if (latest.asks === 'why') return { act: 'explain', text: explainText(said), groups: [] };
  // Who has said what they want is not asked again.
  const isOpen = wishes.wanted.length === 0 && !latest.open;
  const question = isOpen ? asked(wishes, shown) : null;
  if (question) return { act: 'ask', text: askText(question), groups: question };
  return { act: 'recommend', text: recommendText(said, wishes.avoid), groups: [] };
}

function asked({ avoid }: DialogueWishes, shown: readonly ShownItem[]): readonly string[] | null {
  const groups = new Set(shown.flatMap((item) => [...item.groups]));
  const options = [...groups]
    .filter((group) => !avoid.includes(group))
    .map((group) => ({ group, has: (i: number) => shown[i]!.groups.includes(group) }));
  const p = softmax(shown.map(({ score }) => score));
  return questionOf(p, options, { k: NAMED })?.groups ?? null;
}

function saidItem({ title, groups }: ShownItem, { wanted }: DialogueWishes): SaidItem {
  return { title, shared: groups.filter((group) => wanted.includes(group)), near: '' };
}
