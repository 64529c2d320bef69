// COCO's courses as its knowledge graph describes them: names, categories, concepts, level, language,
// audience.
import type { Item } from '../schemas/topics/items.ts';
import { BadField, idField } from './fields.ts';
import { findFile, needFile } from './files.ts';
import { type Read, readRows } from './rows.ts';

/** Relations whose tails are groups of a course, as they are few; concepts are its text. */
const GROUPS = new Map([
  ['belong_to_category', ''],
  ['taught_in_level', 'level: '],
  ['taught_in_language', 'language: '],
  ['has_target_audience', 'audience: '],
]);
const CONCEPT = 'related_to_concept';

interface Facts {
  readonly groups: string[];
  readonly concepts: string[];
}

/**
 * Reads the courses of `i2kg_map.txt`, and what `kg_final.txt` says of them if it is there. Memory: the
 * catalogue. Unreadable rows of the graph are among the values, without one.
 * @throws MillraceError `dataset-file-missing`, and as `readCsv`
 */
export async function* readCourses(folder: string): AsyncGenerator<Read<Item>[]> {
  const facts = new Map<string, Facts>();
  const path = await needFile('coco', folder, ['i2kg_map.txt']);
  yield* readFacts(folder, facts);
  const columns = ['eid', 'pid', 'name'];
  yield* readRows(path, { columns, separator: '\t' }, ([entity = '', course = '', slug = '']) => {
    const { groups, concepts } = facts.get(idField('eid', entity)) ?? { groups: [], concepts: [] };
    const title = slug.replaceAll('-', ' ');
    return {
      itemId: idField('pid', course),
      at: 0,
      title,
      text: [title, ...concepts].join(', '),
      groups,
      attributes: { slug },
    };
  });
}

async function* readFacts(folder: string, facts: Map<string, Facts>): AsyncGenerator<Read<Item>[]> {
  const graph = await findFile(folder, ['kg_final.txt']);
  if (graph === null) return;
  const relations = new Map<string, string>();
  const names = new Map<string, string>();
  const tab = { separator: '\t' } as const;
  yield* unreadable(
    readRows(
      await needFile('coco', folder, ['r_map.txt']),
      { columns: ['id', 'name'], ...tab },
      ([id = '', name = '']) => relations.set(idField('id', id), name),
    ),
  );
  yield* unreadable(
    readRows(
      await needFile('coco', folder, ['e_map.txt']),
      { columns: ['eid', 'name'], ...tab },
      ([id = '', name = '']) => names.set(idField('eid', id), name),
    ),
  );
  const columns = ['entity_head', 'relation', 'entity_tail'];
  yield* unreadable(
    readRows(graph, { columns, ...tab }, ([head = '', relation = '', tail = '']) => {
      const [kind, name] = [relations.get(relation), names.get(tail)];
      if (kind === undefined) throw new BadField(`relation ${relation} is not in r_map.txt`);
      if (name === undefined) throw new BadField(`entity_tail ${tail} is not in e_map.txt`);
      const own = facts.get(head) ?? { groups: [], concepts: [] };
      facts.set(head, own);
      const prefix = GROUPS.get(kind);
      if (kind === CONCEPT) own.concepts.push(name);
      else if (prefix !== undefined) own.groups.push(`${prefix}${name}`);
    }),
  );
}

/** The rows that cannot be read, as rows of the catalogue. */
async function* unreadable(reads: AsyncIterable<Read<unknown>[]>): AsyncGenerator<Read<Item>[]> {
  for await (const batch of reads) {
    const bad = batch.filter(({ value }) => value === null);
    if (bad.length > 0) yield bad.map((read) => ({ ...read, value: null }));
  }
}
