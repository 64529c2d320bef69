// Process supervision: what a reading claims is held against the catalogue and the history, claim by
// claim (Lightman et al. 2023, "Let's Verify Step by Step", with facts in the place of a verifier).
import { hasWords } from '../../text/words.ts';
import type { Situation } from './situation.ts';

export const claimFaults = ['unknown', 'repeated', 'unborne', 'contradicted', 'unstable'] as const;

/**
 * What is wrong with a claim. `unknown`: not in the catalogue, or no word that may be used;
 * `repeated`: said before; `unborne`: nothing the user did or said supports it; `contradicted`: the
 * history says otherwise; `unstable`: another reading of the same says otherwise.
 */
export type ClaimFault = (typeof claimFaults)[number];

export type Faults = Partial<Record<ClaimFault, number>>;

export interface WishFacts {
  readonly catalogue: ReadonlySet<string>;
  /** Number of liked items by group. */
  readonly likes: ReadonlyMap<string, number>;
  /** Number of disliked items by group. */
  readonly dislikes: ReadonlyMap<string, number>;
  /** Groups of the catalogue that the user named. */
  readonly said: ReadonlySet<string>;
  readonly likedItems: number;
  /** The most liked groups. */
  readonly favourites: ReadonlySet<string>;
}

/** Number of most liked groups, which may not be avoided. */
const FAVOURITES = 3;

export function wishFactsOf(
  { liked, disliked, dialogue = [] }: Situation,
  groups: ReadonlySet<string>,
) {
  const likes = tally(liked);
  const words = dialogue.join('\n');
  const facts: WishFacts = {
    catalogue: groups,
    likes,
    dislikes: tally(disliked),
    said: new Set([...groups].filter((group) => hasWords(words, group))),
    likedItems: liked.length,
    favourites: new Set(
      [...likes]
        .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
        .slice(0, FAVOURITES)
        .map(([group]) => group),
    ),
  };
  return facts;
}

function tally(items: Situation['liked']): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { groups } of items) {
    for (const group of new Set(groups)) counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return counts;
}

const of = (counts: ReadonlyMap<string, number>, group: string) => counts.get(group) ?? 0;

/** Gives what is wrong with a claim; undefined if it is right. */
export type Check = (claim: string) => ClaimFault | undefined;

/** Checks claims that the user wants a group. */
export function wantedFault(facts: WishFacts): Check {
  return (group) => {
    if (!facts.catalogue.has(group)) return 'unknown';
    if (facts.said.has(group)) return undefined;
    if (of(facts.likes, group) === 0) return 'unborne';
    return of(facts.dislikes, group) > of(facts.likes, group) ? 'contradicted' : undefined;
  };
}

/** Checks claims that the user does not want a group. */
export function avoidFault(facts: WishFacts, wanted: readonly string[]): Check {
  return (group) => {
    if (!facts.catalogue.has(group)) return 'unknown';
    if (wanted.includes(group) || facts.favourites.has(group)) return 'contradicted';
    if (facts.said.has(group)) return undefined;
    if (of(facts.dislikes, group) === 0) return 'unborne';
    return of(facts.likes, group) >= of(facts.dislikes, group) ? 'contradicted' : undefined;
  };
}

/**
 * Checks claims that every item must be of a group: most liked items must be of it, or the user
 * must have named it.
 */
export function constraintFault(facts: WishFacts, avoid: readonly string[]): Check {
  return (group) => {
    if (!facts.catalogue.has(group)) return 'unknown';
    if (avoid.includes(group)) return 'contradicted';
    if (facts.said.has(group)) return undefined;
    return of(facts.likes, group) * 2 > facts.likedItems ? undefined : 'unborne';
  };
}

export interface Supervised {
  readonly kept: readonly string[];
  readonly faults: Faults;
}

/**
 * Takes a step of reasoning under checks. False claims send it back once, with these ruled out;
 * what is still false is dropped. Every false claim is counted.
 * @param step makes claims without those ruled out
 */
export async function supervised(
  step: (ruledOut: ReadonlySet<string>) => Promise<readonly string[]> | readonly string[],
  check: Check,
): Promise<Supervised> {
  const first = judged(await step(new Set()), check);
  if (first.wrong.size === 0) return { kept: first.kept, faults: first.faults };
  const second = judged(await step(first.wrong), check);
  return { kept: second.kept, faults: addFaults(first.faults, second.faults) };
}

function judged(claims: readonly string[], check: Check) {
  const kept: string[] = [];
  const wrong = new Set<string>();
  const faults: Faults = {};
  for (const claim of claims) {
    const repeated = kept.includes(claim) || wrong.has(claim);
    const fault = repeated ? 'repeated' : check(claim);
    if (!fault) kept.push(claim);
    else {
      faults[fault] = (faults[fault] ?? 0) + 1;
      if (!repeated) wrong.add(claim);
    }
  }
  // A step that only repeated itself would do so again.
  return { kept, wrong, faults };
}

export function addFaults(a: Faults, b: Faults): Faults {
  const sum: Faults = { ...a };
  for (const fault of claimFaults) {
    const more = b[fault];
    if (more) sum[fault] = (sum[fault] ?? 0) + more;
  }
  return sum;
}
