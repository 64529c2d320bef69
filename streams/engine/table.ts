// Global tables: what every task of a process looks things up in. A table is fed by its topic alone, so
// every process that has read as far holds the same. It holds the latest, not a moment in time: what a
// decision took from it, the decision logs.
import { MillraceError } from '../../schemas/errors.ts';
import type { AnyTopic, EventOf } from '../../schemas/topic.ts';

/** What a table takes from a topic. */
export interface TableFeed<V = unknown, T extends AnyTopic = AnyTopic> {
  readonly topic: T;
  /** Takes one record of the topic; `null` deletes the key. */
  apply(table: V, key: string, event: EventOf<T> | null): void;
}

export interface TableDef<V = unknown, T extends AnyTopic = AnyTopic> extends TableFeed<V, T> {
  readonly name: string;
  /**
   * Another topic that the table hears. The two come in any order, so what the table holds in the end
   * must not depend on it. @default none
   */
  readonly beside?: TableFeed<V>;
  /** Makes an empty table. */
  create(): V;
}

/** The topics that feed a table. */
export const feedsOf = ({ topic, beside }: TableDef): readonly AnyTopic[] =>
  beside ? [topic, beside.topic] : [topic];

/** A table fed by a topic. */
export function defineTable<V, T extends AnyTopic>(
  topic: T,
  def: Omit<TableDef<V, T>, 'topic'>,
): TableDef<V, T> {
  return Object.freeze({ topic, ...def });
}

export interface TableReader {
  /** The table of a definition. @throws `table-undeclared` */
  of<V>(def: TableDef<V>): V;
}

/** The global tables of a process, or the part of them that one step declares. */
export class TableSet implements TableReader {
  private readonly tables: Map<TableDef, unknown>;
  /** The topics that feed the tables. */
  readonly topics: ReadonlySet<AnyTopic>;
  /** Name of the step that reads, for the error. */
  private readonly reader: string;

  constructor(defs: Iterable<TableDef>) {
    this.tables = new Map([...new Set(defs)].map((def) => [def, def.create()]));
    this.topics = new Set(this.defs.flatMap(feedsOf));
    this.reader = 'the runtime';
  }

  get defs(): readonly TableDef[] {
    return [...this.tables.keys()];
  }

  of<V>(def: TableDef<V>): V {
    const table = this.tables.get(def as TableDef);
    if (table === undefined) throw undeclared(this.reader, def.name);
    return table as V;
  }

  /** These tables, restricted to those that a step declares. */
  for(step: { readonly name: string; readonly tables: readonly TableDef[] }): TableReader {
    return {
      of: (def) => {
        if (!step.tables.includes(def as TableDef)) throw undeclared(step.name, def.name);
        return this.of(def);
      },
    };
  }

  isFedBy(topic: AnyTopic): boolean {
    return this.topics.has(topic);
  }

  /** Feeds a record of a topic to every table of that topic; `null` deletes the key. */
  apply(topic: AnyTopic, key: string, event: unknown | null): void {
    for (const [def, table] of this.tables) {
      if (def.topic === topic) def.apply(table, key, event);
      if (def.beside?.topic === topic) def.beside.apply(table, key, event);
    }
  }
}

/** The tables that the given steps declare, each once. */
export function tablesOf(steps: readonly { readonly tables: readonly TableDef[] }[]): TableSet {
  return new TableSet(steps.flatMap(({ tables }) => tables));
}

function undeclared(reader: string, table: string): MillraceError {
  return new MillraceError({
    code: 'table-undeclared',
    what: `${reader} looks up the table ${table}, which it does not declare.`,
    todo: 'Add the table to the tables of the step.',
  });
}
