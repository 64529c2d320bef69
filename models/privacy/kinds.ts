// What counts as personal data in a text.

export const kinds = ['email', 'iban', 'card', 'ip', 'address', 'phone', 'id', 'name'] as const;

export type Kind = (typeof kinds)[number];

/** Number of finds by kind, never the values; kinds that did not occur are absent. */
export type Counts = Readonly<Partial<Record<Kind, number>>>;

/** What is known of the people whom a text may speak of; it is looked for in the text. */
export interface KnownPeople {
  /** Whole names from the user's record; their parts are looked for too. */
  readonly names?: readonly string[];
  /** Ids of users. */
  readonly ids?: readonly string[];
}

/** A part of a text from `start` to before `end`, in code units. */
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
