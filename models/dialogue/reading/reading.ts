// Reads a turn by rules: what is asked, liked, refused and seen. No language model, some microseconds a word.
import type { Lexicon } from './lexicon.ts';
import { type Mention, mentionsIn } from './mentions.ts';

/** What a user asks for with a turn. */
export type Ask = 'items' | 'why' | 'nothing';

export interface TurnReading {
  readonly asks: Ask;
  /** Groups asked for, and groups refused. */
  readonly wanted: readonly string[];
  readonly avoid: readonly string[];
  /** Items liked, disliked, and otherwise named or seen. */
  readonly liked: readonly string[];
  readonly disliked: readonly string[];
  readonly named: readonly string[];
  /** Yes or no to what was asked before; null for neither. */
  readonly answer: boolean | null;
  /** What was asked for no matter which: "anything", "surprise me". */
  readonly open: boolean;
}

/** Ends of clauses: what is refused before is not what is wanted after. */
const CLAUSE =
  /[.!?;:\n。！？；，、]|,|\b(?:but|though|although|however|instead|rather|except that|pero|sino|mais|aber|sondern|però|ma|mas)\b/giu;

const REFUSES =
  /(?<![\p{L}])(?:no|not|nothing|none|never|without|avoid|skip|except|hate|hates|hated|dislike|disliked|don['’]?t|dont|doesn['’]?t|didn['’]?t|didnt|isn['’]?t|wasn['’]?t|can['’]?t stand|cannot stand|anything but|enough of|sick of|tired of|too|sin|nada de|ni|odio|pas|sans|aucune?|déteste|kein|keine|keinen|ohne|nicht|hasse|senza|niente|non|sem|não|nao|не|без)(?![\p{L}])|不要|不想|不喜欢|讨厌|嫌い|なし/iu;
/** A refusal word that refuses nothing: "not only", "no problem", "haven't seen". */
const HARMLESS =
  /\b(?:not only|no problem|no worries|no idea|not sure|why not|can['’]?t wait|can['’]?t go wrong|never (?:seen|saw|watched|heard)|(?:haven['’]?t|havent|have not|has not|hasn['’]?t|didn['’]?t|did not|not) (?:seen|see|watched|watch|heard|yet))\b/giu;
const LIKES =
  /\b(?:like|liked|likes|love|loved|loves|enjoy|enjoyed|enjoys|favou?rite|great|amazing|awesome|fan of|adore|adored|best|gustó|gusta|encanta|encantó|aime|adore|mag|liebe|liebte|gefiel)\b|喜欢|好き/iu;
const SEEKS = /\b(?:like|similar to|such as|along the lines of|in the vein of|as good as)\b/iu;
const WHY =
  /^\s*(?:but )?why\b|\bwhy (?:this|that|those|these|did you|do you)\b|\bhow come\b|\bpor qué\b|\bpourquoi\b|\bwarum\b|为什么/iu;
const YES =
  /^\s*(?:yes|yeah|yep|yup|sure|of course|definitely|please do|ok(?:ay)?|sí|si|oui|ja|claro|да|是)\b/iu;
const NO = /^\s*(?:no|nope|nah|not really|rather not|non|nein|нет)\b/iu;
const OPEN =
  /\b(?:anything|whatever|surprise me|no preference|don['’]?t care|don['’]?t mind|doesn['’]?t matter|up to you|cualquiera|egal|n'importe)\b/iu;
const THANKS = /\b(?:thank|thanks|bye|goodbye|see you|gracias|merci|danke)\b/iu;

/** Reads what a user says. @param lexicon what may be named */
export function readTurn(text: string, lexicon: Lexicon): TurnReading {
  const mentions = mentionsIn(text, lexicon);
  const [wanted, avoid] = [new Set<string>(), new Set<string>()];
  const [liked, disliked, named] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const { clause, own } of clausesOf(text, mentions)) {
    const harmless = clause.replace(HARMLESS, (words) => ' '.repeat(words.length));
    for (const mention of own) {
      const before = harmless.slice(0, mention.start);
      const after = harmless.slice(mention.end);
      const refused = REFUSES.test(before) || /^\s*(?:is|are)?\s*(?:not|n['’]t)\b/iu.test(after);
      if (mention.kind === 'group') (refused ? avoid : wanted).add(mention.name);
      else if (
        refused &&
        !SEEKS.test(before.replace(/^.*(?:n['’]?t|not|never)\s+(?:really\s+)?like/iu, ''))
      ) {
        disliked.add(mention.name);
      } else if (LIKES.test(before) || LIKES.test(after)) liked.add(mention.name);
      else named.add(mention.name);
    }
  }
  for (const group of avoid) wanted.delete(group);
  const bare = mentions.length === 0;
  const says = (pattern: RegExp) => pattern.test(text);
  return {
    asks: says(WHY) ? 'why' : bare && says(THANKS) ? 'nothing' : 'items',
    wanted: [...wanted],
    avoid: [...avoid],
    liked: [...liked],
    disliked: [...disliked],
    named: [...named],
    answer: says(YES) ? true : says(NO) && avoid.size === 0 ? false : null,
    open: says(OPEN) && avoid.size === 0,
  };
}

/** Clauses with what each names; a name is never cut. */
function clausesOf(text: string, mentions: readonly Mention[]) {
  const inName = (at: number) => mentions.some(({ start, end }) => start <= at && at < end);
  const cuts = [...text.matchAll(CLAUSE)]
    .filter(({ index }) => !inName(index))
    .map(({ index, 0: word }) => ({ index, end: index + word.length, isComma: word === ',' }));
  const clauses: { clause: string; own: Mention[] }[] = [];
  let from = 0;
  const cutAt = (until: number) => {
    const own = mentions
      .filter(({ start }) => start >= from && start < until)
      .map((mention) => ({ ...mention, start: mention.start - from, end: mention.end - from }));
    clauses.push({ clause: text.slice(from, until), own });
  };
  for (const { index, end, isComma } of cuts) {
    // "no horror, thriller or war": a list goes on over its commas.
    if (isComma && goesOn(text.slice(from, index), text.slice(end), end, mentions)) continue;
    cutAt(index);
    from = end;
  }
  cutAt(text.length);
  return clauses;
}

/** Whether a comma stands in a list of names: what follows is a name, or "or" and "and" before one. */
function goesOn(before: string, after: string, at: number, mentions: readonly Mention[]): boolean {
  const lead = /^\s*(?:(?:or|and|nor|o|y|ni|ou|et|oder|und)\s+)?(?:no\s+)?/iu.exec(after)![0]
    .length;
  return before.trim() !== '' && mentions.some(({ start }) => start === at + lead);
}
