// Recreates a changelogged table of serve: the stage runs over its inputs once more, up to the offsets
// that its group has committed, and what its store then holds is compared with the changelog.
//
// A rebuild takes the slates that were decided from the log: policies and vectors of a moment long gone
// decide nothing here. What is left besides the inputs is the catalogue, of which the latest is taken.

import { Content } from '../../infra/rebuild/content.ts';
import { eventsOf } from '../../infra/rebuild/events.ts';
import { liveTable } from '../../infra/rebuild/live.ts';
import { compareTables, type Rebuilt } from '../../infra/rebuild/rebuilt.ts';
import { type RebuildStreams, runThrough } from '../../infra/rebuild/run-through.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { type OpenImpression, openImpressions } from '../../schemas/topics/open-impressions.ts';
import type { StoreDef } from '../../streams/engine/store.ts';
import { tablesOf } from '../../streams/engine/table.ts';
import { openStore } from '../../streams/serve/attribute.ts';
import { serveDefaults, serveStage } from '../../streams/serve/stage.ts';
import { catalogueTable } from '../../streams/tables/catalogue.ts';
import { decisionsOf, readCatalogue, windowsOf } from './log-facts.ts';

/**
 * Rebuilds a table and compares it.
 * @throws MillraceError `rebuild-moving`, `rebuild-incomplete`, `rebuild-inexact`
 */
export async function rebuildTable(streams: RebuildStreams, store: StoreDef): Promise<Rebuilt> {
  const { inputs } = serveStage();
  const live = await liveTable(streams, serveStage(), store.changelog);
  const tables = tablesOf([serveStage()]);
  const regrouped = await readCatalogue(streams, tables.of(catalogueTable));
  const windows = await windowsOf(streams);
  const rebuilt = new Content();
  for (const [partition, until] of live.offsets) {
    const decided = await decisionsOf(streams, partition);
    const stage = serveStage({ ...serveDefaults, ...windows, decided });
    const task = await runThrough(streams, stage, partition, until, tables);
    const codec = streams.codecs.of(store.changelog);
    for (const [key, value] of task.stateOf(store).entries()) {
      rebuilt.put(partition, key, value, codec);
    }
  }
  const offsets = [...live.offsets].flatMap(([partition, until]) =>
    until.map((offset, input) => ({ topic: inputs[input]!.name, partition, offset })),
  );
  const result = compareTables(store.name, live.content, rebuilt, offsets);
  if (!result.equal) await mustProve(streams, store, result, regrouped);
  return result;
}

/**
 * Fails unless the log alone went into the table, since only then a difference proves damage.
 * @throws `rebuild-inexact`
 */
async function mustProve(
  streams: RebuildStreams,
  store: StoreDef,
  { difference }: Rebuilt,
  regrouped: ReadonlySet<string>,
): Promise<void> {
  const reasons: string[] = [];
  if (regrouped.size > 0) {
    const [first] = regrouped;
    reasons.push(
      `${regrouped.size} items (such as ${first}) changed their groups; what was counted or kept of them before is not known.`,
    );
  }
  const similar = store === openStore ? await withSimilarity(streams) : 0;
  if (similar > 0) {
    reasons.push(
      `${similar} waiting slates of other systems carry a similarity or an intent of their time.`,
    );
  }
  if (reasons.length === 0) return;
  const { missing, extra, changed, keys } = difference!;
  throw new MillraceError({
    code: 'rebuild-inexact',
    what: `${store.name} cannot be recreated exactly: ${missing} missing, ${extra} extra, ${changed} changed (${keys.join(', ')}).`,
    why: reasons.join(' '),
    todo: 'A difference in such records is no sign of damage. Look at the keys named.',
  });
}

/**
 * Number of waiting slates by other systems whose items were compared with a profile or an intent.
 */
async function withSimilarity(streams: RebuildStreams): Promise<number> {
  const latest = new Map<string, boolean>();
  await eventsOf(streams, openImpressions, ({ impressionId, open }: OpenImpression) => {
    const foreign = open && open.impression.servedBy !== 'served';
    const compared = open?.impression.items.some(
      ({ similarity, intent }) => similarity !== null || intent !== null,
    );
    latest.set(impressionId, Boolean(foreign && compared));
  });
  return [...latest.values()].filter(Boolean).length;
}
