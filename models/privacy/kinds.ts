// What counts as personal data in a text.

export const kinds = ['email', 'iban', 'card', 'ip', 'address', 'phone', 'id', 'name'] as const;

export type Kind = (typeof kinds)[number];

/** How many of each kind; kinds that did not occur are absent. Never the values. */
export type Counts = Readonly<Partial<Record<Kind, number>>>;

/** What is known of the people a text may speak of, to be looked for in it. */
export interface KnownPeople {
  /** Of the user record: whole names; their parts are looked for too. */
  readonly names?: readonly string[];
  /** User ids. */
  readonly ids?: readonly string[];
}

/** Half-open, in code units. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export function addCounts(a: Counts, b: Counts): Counts {
  const sum: Partial<Record<Kind, number>> = { ...a };
  for (const kind of kinds) {
    const more = b[kind];
    if (more) sum[kind] = (sum[kind] ?? 0) + more;
  }
  return sum;
}
