// The learner's whole state as bytes, and back.
import { type DecodedParts, decodeParts, encodeParts } from '../../codec.ts';
import { Covisitation } from '../../sequence/covisitation.ts';
import { Histories } from '../../sequence/histories.ts';
import { NextItem } from '../../sequence/next-item.ts';
import { FadingPopularity } from '../../sequence/popularity.ts';
import { ClickModel } from './click-model.ts';
import { EXPOSURE_WIDTH } from './exposure.ts';
import { ITEM, ITEM_WIDTH, Statistics } from './statistics.ts';
import { packTables, tablesOf, unpackTables } from './tables.ts';

const FORMAT = 'millrace/stream-learner/2';

export interface LearnerState {
  version: number;
  readonly statistics: Statistics;
  readonly clicks: ClickModel;
  readonly next: NextItem;
}

interface Meta {
  version: number;
  items: string[];
  groups: string[];
  users: string[];
}

export function encodeState(state: LearnerState): Uint8Array {
  const { statistics, clicks, next } = state;
  const items = statistics.items.size;
  const pairs = next.covisitation.flatten(items);
  const histories = next.histories.save();
  const meta: Meta = {
    version: state.version,
    items: [...statistics.items.names],
    groups: [...statistics.groups.names],
    users: [...histories.users],
  };
  return encodeParts({
    format: FORMAT,
    meta,
    arrays: {
      item: statistics.item.subarray(0, items * ITEM_WIDTH),
      group: statistics.group.subarray(0, statistics.groups.size * 2),
      total: statistics.total,
      exposure: statistics.exposure.item.subarray(0, items * EXPOSURE_WIDTH),
      sizes: statistics.exposure.size,
      denseWeights: clicks.dense.weights,
      denseCovariance: clicks.dense.covariance,
      ...packTables(tablesOf(statistics, clicks)),
      pairSizes: pairs.sizes,
      pairItems: pairs.ids,
      pairWeights: pairs.weights,
      heat: next.popularity.heat.subarray(0, items),
      events: Float64Array.of(next.popularity.events),
      historySizes: histories.sizes,
      historySeen: histories.seen,
      nextWeights: next.weights,
      nextSquares: next.squares,
    },
  });
}

/** @throws MillraceError `parameters-unreadable` */
export function decodeState(bytes: Uint8Array): LearnerState {
  const parts = decodeParts(bytes, FORMAT);
  const meta = parts.meta as Meta;
  const statistics = new Statistics({
    items: meta.items,
    groups: meta.groups,
    item: parts.f64('item'),
    group: parts.f64('group'),
    total: parts.f64('total'),
    exposure: { item: parts.f64('exposure'), size: parts.f64('sizes') },
  });
  const clicks = new ClickModel();
  clicks.dense.weights.set(parts.f64('denseWeights'));
  clicks.dense.covariance.set(parts.f64('denseCovariance'));
  unpackTables(tablesOf(statistics, clicks), parts);
  return { version: meta.version, statistics, clicks, next: decodeNext(parts, meta, statistics) };
}

export function emptyState(): LearnerState {
  return {
    version: 0,
    statistics: new Statistics(),
    clicks: new ClickModel(),
    next: new NextItem(),
  };
}

function decodeNext(parts: DecodedParts, meta: Meta, statistics: Statistics): NextItem {
  const covisitation = new Covisitation();
  covisitation.restore({
    sizes: parts.i32('pairSizes'),
    ids: parts.integers('pairItems'),
    weights: parts.f32('pairWeights'),
  });
  const next = new NextItem(
    covisitation,
    new FadingPopularity(parts.f64('heat'), parts.f64('events')[0]),
    new Histories({
      users: meta.users,
      sizes: parts.i32('historySizes'),
      seen: parts.i32('historySeen'),
    }),
  );
  next.weights.set(parts.f64('nextWeights'));
  next.squares.set(parts.f64('nextSquares'));
  for (let item = 0; item < meta.items.length; item++) {
    next.count(item, statistics.itemColumn(item, ITEM.n), statistics.itemColumn(item, ITEM.liked));
  }
  return next;
}
