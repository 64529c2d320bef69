// A user as a table of a data set has them. No topic carries users: the table is read for protocols, and so
// that its unreadable rows are told.

export interface LogUser {
  readonly userId: string;
  /** Features as `name:value`, such as `gender:F`, in the order of the table; unknown ones are left out. */
  readonly features: readonly string[];
}

/** The features of a row, by the names of its columns; empty fields are unknown. */
export function featuresOf(names: readonly string[], fields: readonly string[]): string[] {
  return names.flatMap((name, at) => {
    const value = fields[at]?.trim() ?? '';
    return value === '' ? [] : [`${name}:${value}`];
  });
}
