// The learner's whole state as bytes, and back.
import { type DecodedParts, decodeParts, encodeParts, type Numbers } from '../../codec.ts';
import { Columns, FAST, newTransitions, SLOW } from '../../sequence/columns.ts';
import { Covisitation } from '../../sequence/covisitation.ts';
import { GroupAffinity } from '../../sequence/groups.ts';
import { Histories } from '../../sequence/histories.ts';
import { NextItem } from '../../sequence/next-item.ts';
import { FadingPopularity } from '../../sequence/popularity.ts';
import { ClickModel } from './click-model.ts';
import { EXPOSURE_WIDTH } from './exposure.ts';
import { ITEM, ITEM_WIDTH, Statistics } from './statistics.ts';
import { packTables, tablesOf, unpackTables } from './tables.ts';
import { ValueModel } from './value-model.ts';

const FORMAT = 'millrace/stream-learner/6';

export interface LearnerState {
  version: number;
  readonly statistics: Statistics;
  readonly clicks: ClickModel;
  readonly values: ValueModel;
  readonly next: NextItem;
}

interface Meta {
  version: number;
  items: string[];
  groups: string[];
  users: string[];
}

export function encodeState(state: LearnerState): Uint8Array {
  const { statistics, clicks, values, next } = state;
  const items = statistics.items.size;
  const { covisitation, transitions, slow, fast, groups } = next.columns;
  const grouped = groups.save(items);
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
      valueWeights: values.dense.weights,
      valueCovariance: values.dense.covariance,
      valueNoise: values.noise,
      ...packTables(tablesOf(statistics, clicks, values)),
      ...packPairs('pair', covisitation, items),
      ...packPairs('transition', transitions, items),
      slow: slow.decayedCounts.subarray(0, items),
      fast: fast.decayedCounts.subarray(0, items),
      events: Float64Array.of(slow.events),
      groupSizes: grouped.sizes,
      groupIds: grouped.ids,
      historySizes: histories.sizes,
      historySeen: histories.seen,
      nextWeights: next.logit.weights,
      nextSquares: next.logit.squares,
    },
  });
}

/** The state in bytes. @throws MillraceError `parameters-unreadable` */
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
  const values = new ValueModel();
  values.dense.weights.set(parts.f64('valueWeights'));
  values.dense.covariance.set(parts.f64('valueCovariance'));
  values.noise.set(parts.f64('valueNoise'));
  unpackTables(tablesOf(statistics, clicks, values), parts);
  return {
    version: meta.version,
    statistics,
    clicks,
    values,
    next: decodeNext(parts, meta, statistics),
  };
}

export function emptyState(): LearnerState {
  return {
    version: 0,
    statistics: new Statistics(),
    clicks: new ClickModel(),
    values: new ValueModel(),
    next: new NextItem(),
  };
}

function packPairs(name: string, pairs: Covisitation, items: number): Record<string, Numbers> {
  const { sizes, ids, weights } = pairs.flatten(items);
  return { [`${name}Sizes`]: sizes, [`${name}Items`]: ids, [`${name}Weights`]: weights };
}

function unpackPairs(name: string, pairs: Covisitation, parts: DecodedParts): Covisitation {
  pairs.restore({
    sizes: parts.i32(`${name}Sizes`),
    ids: parts.integers(`${name}Items`),
    weights: parts.f32(`${name}Weights`),
  });
  return pairs;
}

function decodeNext(parts: DecodedParts, meta: Meta, statistics: Statistics): NextItem {
  const [events = 0] = parts.f64('events');
  const columns = new Columns({
    covisitation: unpackPairs('pair', new Covisitation(), parts),
    transitions: unpackPairs('transition', newTransitions(), parts),
    slow: new FadingPopularity(SLOW, parts.f64('slow'), events),
    fast: new FadingPopularity(FAST, parts.f64('fast'), events),
    groups: new GroupAffinity({ sizes: parts.i32('groupSizes'), ids: parts.i32('groupIds') }),
  });
  const histories = new Histories({
    users: meta.users,
    sizes: parts.i32('historySizes'),
    seen: parts.i32('historySeen'),
  });
  const next = new NextItem(columns, histories);
  next.logit.weights.set(parts.f64('nextWeights'));
  next.logit.squares.set(parts.f64('nextSquares'));
  for (let item = 0; item < meta.items.length; item++) {
    const column = (which: number) => statistics.itemColumn(item, which);
    columns.restore(item, column(ITEM.n), column(ITEM.liked));
  }
  return next;
}
