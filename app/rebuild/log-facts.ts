// What a rebuild takes from the log, because a running stage had it from elsewhere: the slates that were
// decided, how long windows were, and the catalogue.

import { eventsOf } from '../../infra/rebuild/events.ts';
import type { RebuildStreams } from '../../infra/rebuild/run-through.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { examples } from '../../schemas/topics/examples.ts';
import { type Impression, impressions } from '../../schemas/topics/impressions.ts';
import { type Item, items } from '../../schemas/topics/items.ts';
import { openImpressions } from '../../schemas/topics/open-impressions.ts';
import type { Request } from '../../schemas/topics/requests.ts';
import { type ServeOptions, serveDefaults } from '../../streams/serve/stage.ts';
import type { Catalogue } from '../../streams/tables/catalogue.ts';

type Windows = Pick<ServeOptions, 'attributionWindowMs' | 'servedWindowMs'>;

/**
 * Time that slates waited for feedback, by those that were closed and those that still wait.
 * @throws MillraceError `rebuild-inexact` if the setting was changed in between
 */
export async function windowsOf(streams: RebuildStreams): Promise<Windows> {
  const seen = { attributionWindowMs: new Set<number>(), servedWindowMs: new Set<number>() };
  const see = (servedBy: Impression['servedBy'], ms: number) =>
    seen[servedBy === 'served' ? 'servedWindowMs' : 'attributionWindowMs'].add(ms);
  await eventsOf(streams, examples, ({ servedBy, at, closedAt }) => see(servedBy, closedAt - at));
  await eventsOf(streams, openImpressions, ({ open, expiresAt }) => {
    if (open) see(open.impression.servedBy, expiresAt - open.impression.at);
  });
  return {
    attributionWindowMs: only('attributionWindowMs', [...seen.attributionWindowMs]),
    servedWindowMs: only('servedWindowMs', [...seen.servedWindowMs]),
  };
}

function only(setting: keyof Windows, values: readonly number[]): number {
  if (values.length < 2) return values[0] ?? serveDefaults[setting];
  throw new MillraceError({
    code: 'rebuild-inexact',
    what: 'The tables of serve cannot be recreated from this log.',
    why: `${setting} was changed while it ran (${values.toSorted((a, b) => a - b).join(', ')} ms), and the log does not say when.`,
    todo: 'Rebuild from topics of one setting only.',
  });
}

/**
 * The slates that requests of a partition were answered with. A slate that is not there is an error:
 * what it was decided from, the policies and vectors of that moment, is not in the log.
 */
export async function decisionsOf(
  streams: RebuildStreams,
  partition: number,
): Promise<(request: Request) => Impression> {
  const served = new Map<string, Impression[]>();
  const see = (impression: Impression) => {
    if (impression.servedBy !== 'served' || impression.requestId === null) return;
    const of = served.get(impression.requestId);
    if (of) of.push(impression);
    else served.set(impression.requestId, [impression]);
  };
  await eventsOf(streams, impressions, see, [partition]);
  return ({ requestId }) => {
    // A request that came twice was answered twice, in this order.
    const impression = served.get(requestId)?.shift();
    if (impression) return impression;
    throw new MillraceError({
      code: 'rebuild-inexact',
      what: 'The tables of serve cannot be recreated from this log.',
      why: `The request ${requestId} was answered, but its slate is not in ${impressions.name}; deciding again would take other policies and vectors than there were.`,
      todo: 'Keep impressions for as long as requests.',
    });
  };
}

/** Fills a catalogue from the log. @returns ids of items that were in other groups before */
export async function readCatalogue(
  streams: RebuildStreams,
  catalogue: Catalogue,
): Promise<ReadonlySet<string>> {
  const changed = new Set<string>();
  await eventsOf(streams, items, (item: Item) => {
    const before = catalogue.get(item.itemId)?.groups;
    if (before && JSON.stringify(before) !== JSON.stringify(item.groups)) changed.add(item.itemId);
    catalogue.put(item);
  });
  return changed;
}
