// Whether to ask before recommending: the value of information (Howard 1966).
//
// Of candidates with probabilities p, a slate of k is right with V = Σ of the k largest p. A question with
// answers a cuts the candidates into parts; after it the slate is right with V_q = Σ_a Σ of the k largest p in
// part a. A turn costs patience: the user stays for the next one with probability γ. So a question is worth
// its turn if γ · V_q > V.

/** A group and which candidates are of it. */
export interface Option {
  readonly group: string;
  readonly has: (candidate: number) => boolean;
}

export interface Question {
  /** Groups to choose from, in the order of what each adds. */
  readonly groups: readonly string[];
  /** V of recommending now. */
  readonly now: number;
  /** V_q of recommending after the answer. */
  readonly asked: number;
}

export interface Asking {
  /** Items in a slate. */
  readonly k: number;
  /** γ: probability that the user stays for one turn more. @default 0.85 */
  readonly patience?: number;
  /** Largest number of groups in a question. @default 3 */
  readonly most?: number;
}

/** The question worth most, if it is worth a turn. @param p probabilities of the candidates */
export function questionOf(
  p: ArrayLike<number>,
  options: readonly Option[],
  { k, patience = 0.85, most = 3 }: Asking,
): Question | null {
  const order = Array.from({ length: p.length }, (_, i) => i).sort(
    (a, b) => p[b]! - p[a]! || a - b,
  );
  const now = sumOf(p, order.slice(0, k));
  /** The part of each candidate: 0 for none of the groups asked. */
  const part = new Int32Array(p.length);
  const chosen: Option[] = [];
  let asked = now;
  while (chosen.length < most) {
    let best: { option: Option; value: number } | undefined;
    for (const option of options) {
      if (chosen.includes(option)) continue;
      const value = worthOf(p, order, part, k, chosen.length + 1, option);
      if (value > (best?.value ?? asked) + 1e-12) best = { option, value };
    }
    if (!best) break;
    chosen.push(best.option);
    asked = best.value;
    for (const i of order) if (part[i] === 0 && best.option.has(i)) part[i] = chosen.length;
  }
  // With one group the answer is yes or no, which says as much.
  return chosen.length > 0 && patience * asked > now
    ? { groups: chosen.map(({ group }) => group), now, asked }
    : null;
}

/** Σ over the parts of the k largest p, if candidates of `option` that are in none became `next`. */
function worthOf(
  p: ArrayLike<number>,
  order: readonly number[],
  part: Int32Array,
  k: number,
  next: number,
  option: Option,
): number {
  const left = new Int32Array(next + 1).fill(k);
  let value = 0;
  for (const i of order) {
    const of = part[i] === 0 && option.has(i) ? next : part[i]!;
    if (left[of]! === 0) continue;
    left[of]! -= 1;
    value += p[i]!;
  }
  return value;
}

const sumOf = (p: ArrayLike<number>, chosen: readonly number[]) =>
  chosen.reduce((sum, i) => sum + p[i]!, 0);
