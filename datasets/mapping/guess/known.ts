// Logs whose shape is public: Segment and RudderStack (e-commerce spec), Snowplow (e-commerce
// accelerator), GA4 (export to BigQuery). Their names say what a row is, so nothing is guessed of it.
//
// Sources: segment.com/docs/connections/spec/ecommerce/v2, rudderstack.com/docs/event-spec/ecommerce-events-spec,
// docs.snowplow.io (snowplow-ecommerce), developers.google.com/analytics/devguides/collection/ga4/ecommerce.
import type { RowKind } from '../shape.ts';
import type { GuessedRule, GuessedSource } from './guessed.ts';
import { type Column, columnsOf, type Sample } from './profile.ts';

interface Log {
  readonly name: string;
  /** Whether a sample has this shape. */
  readonly fits: (has: (path: string) => boolean, sample: Sample) => boolean;
  /** Field with the name of the event. */
  readonly event: string;
  readonly user: readonly string[];
  readonly time: Readonly<Record<string, unknown>>;
  readonly id: string;
  /** List of the products of an event, and fields of one of them. */
  readonly list: string;
  /** Where a product of its own is; undefined if it is in the list, too. */
  readonly single?: string;
  readonly product: {
    readonly id: readonly string[];
    readonly title: string;
    readonly groups: readonly string[];
    readonly price: string;
    readonly position: string;
    readonly brand: string;
  };
  readonly events: Readonly<Record<string, 'list' | 'view' | RowKind>>;
  /** Rows that are no such event, by a field and its values. */
  readonly others?: Readonly<Record<string, readonly string[]>>;
}

const spec = {
  'Product List Viewed': 'list',
  'Product List Filtered': 'list',
  'Product Viewed': 'view',
  'Product Clicked': 'click',
  'Product Added': 'cart',
  'Product Added to Wishlist': 'favourite',
  'Order Completed': 'buy',
} as const;

const track = {
  event: 'event',
  user: ['userId', 'anonymousId'],
  id: 'messageId',
  list: 'properties.products[]',
  single: 'properties',
  product: {
    id: ['product_id', 'sku'],
    title: 'name',
    groups: ['category'],
    price: 'price',
    position: 'position',
    brand: 'brand',
  },
  events: spec,
  others: { type: ['identify', 'page', 'screen', 'group', 'alias'] },
} as const;

const snowplow = {
  products: 'contexts_com_snowplowanalytics_snowplow_ecommerce_product_1',
  action: 'unstruct_event_com_snowplowanalytics_snowplow_ecommerce_snowplow_ecommerce_action_1',
};

const logs: readonly Log[] = [
  {
    ...track,
    name: 'RudderStack',
    fits: (has, { rows }) =>
      has('event') && has('anonymousId') && (has('rudderId') || rows.some(isRudder)),
    time: { field: ['timestamp', 'originalTimestamp'], unit: 'iso' },
  },
  {
    ...track,
    name: 'Segment',
    fits: (has) => has('event') && has('messageId') && (has('anonymousId') || has('userId')),
    time: { field: ['timestamp', 'originalTimestamp'], unit: 'iso' },
  },
  {
    name: 'Snowplow',
    fits: (has) =>
      has(`${snowplow.action}.type`) || (has('domain_userid') && has('collector_tstamp')),
    event: `${snowplow.action}.type`,
    user: ['user_id', 'domain_userid', 'network_userid'],
    time: { field: ['derived_tstamp', 'collector_tstamp'], unit: 'iso', zone: 'UTC' },
    id: 'event_id',
    list: `${snowplow.products}[]`,
    product: {
      id: ['id'],
      title: 'name',
      groups: ['category'],
      price: 'price',
      position: 'position',
      brand: 'brand',
    },
    events: {
      list_view: 'list',
      product_view: 'view',
      list_click: 'click',
      add_to_cart: 'cart',
      transaction: 'buy',
    },
  },
  {
    name: 'GA4 e-commerce',
    fits: (has) => has('event_name') && has('event_timestamp') && has('user_pseudo_id'),
    event: 'event_name',
    user: ['user_id', 'user_pseudo_id'],
    time: { field: 'event_timestamp', unit: 'us' },
    id: '',
    list: 'items[]',
    product: {
      id: ['item_id'],
      title: 'item_name',
      groups: ['item_category', 'item_category2'],
      price: 'price',
      position: 'item_list_index',
      brand: 'item_brand',
    },
    events: {
      view_item_list: 'list',
      view_item: 'view',
      select_item: 'click',
      add_to_cart: 'cart',
      add_to_wishlist: 'favourite',
      purchase: 'buy',
    },
  },
];

const isRudder = (row: Sample['rows'][number]) =>
  JSON.stringify(row.context ?? '').includes('Rudder');

/** The mapping of a log whose shape is known; undefined for any other. */
export function knownLog(sample: Sample): GuessedSource | undefined {
  const columns = columnsOf(sample);
  const has = (path: string) => columns.some((one) => one.path === path);
  const log = logs.find(({ fits }) => fits(has, sample));
  if (!log) return undefined;
  const seen = columns.find(({ path }) => path === log.event)?.distinct ?? new Set<string>();
  const named = Object.keys(log.events).filter((name) => seen.has(name));
  if (named.length === 0) return undefined;
  return { ...rulesOf(log, named, [...seen], columns), name: sample.name, known: log.name };
}

function rulesOf(
  log: Log,
  named: readonly string[],
  seen: readonly string[],
  columns: readonly Column[],
) {
  const has = (path: string) => columns.some((one) => one.path === path);
  const lists = named.some((name) => log.events[name] === 'list');
  const clicks = named.some((name) => log.events[name] === 'click');
  const kindOf = (name: string): RowKind => {
    const kind = log.events[name]!;
    if (kind === 'list') return 'impression';
    if (kind !== 'view') return kind;
    if (!lists) return 'impression';
    return clicks ? 'ignored' : 'click';
  };
  const kinds = [...new Set(named.map(kindOf))].filter((kind) => kind !== 'ignored');
  const known = { confidence: 0.95, because: `the name that ${log.name} gives it` };
  const rows = kinds.map((is): GuessedRule => {
    const names = named.filter((name) => kindOf(name) === is);
    const listed = !log.single || is === 'buy' || names.some((name) => log.events[name] === 'list');
    const place = listed ? log.list : log.single!;
    const own = (field: string) => `${place}.${field}`;
    const ids = log.product.id.map(own).filter(has);
    const position = own(log.product.position);
    return {
      is,
      why: known,
      where: { [log.event]: names },
      fields: {
        user: log.user.filter(has),
        item: ids.length > 0 ? ids : own(log.product.id[0]!),
        time: timeOf(log, has),
        ...(has(log.id) && { id: log.id }),
        ...(is === 'impression' && listed && has(position) && { position }),
        ...(is === 'buy' && { value: { field: own(log.product.price), otherwise: 1 } }),
      },
      reasons: {},
    };
  });
  const ignored = [
    ...seen.filter((name) => !(name in log.events)),
    ...named.filter((name) => kindOf(name) === 'ignored'),
  ];
  return {
    rows: [...rows, ...catalogueOf(log, named, has), ...ignoredOf(log, ignored, has)],
    notes: lists
      ? []
      : ['No list of products is in this log: a product page counts as an impression of one item.'],
    unclear: [],
  };
}

function timeOf({ time }: Log, has: (path: string) => boolean): unknown {
  const fields = [time.field].flat().filter((one) => has(one as string));
  return { ...time, field: fields.length === 1 ? fields[0] : fields };
}

/** Products as events tell of them, for a shop that has no catalogue beside them. */
function catalogueOf(
  log: Log,
  named: readonly string[],
  has: (path: string) => boolean,
): GuessedRule[] {
  const places = [log.list, ...(log.single ? [log.single] : [])];
  return places.flatMap((place): GuessedRule[] => {
    const own = (field: string) => `${place}.${field}`;
    const title = own(log.product.title);
    const ids = log.product.id.map(own).filter(has);
    if (!has(title) || ids.length === 0) return [];
    const inList = (name: string) =>
      !log.single || ['list', 'buy'].includes(log.events[name]!) === (place === log.list);
    const names = named.filter(inList);
    if (names.length === 0) return [];
    const groups = log.product.groups.map(own).filter(has);
    const [price, brand] = [own(log.product.price), own(log.product.brand)];
    return [
      {
        is: 'item',
        why: { confidence: 0.9, because: 'the products, as these events tell of them' },
        where: { [log.event]: names },
        fields: {
          item: ids,
          title,
          ...(groups.length > 0 && { groups }),
          ...((has(price) || has(brand)) && {
            attributes: { ...(has(price) && { price }), ...(has(brand) && { brand }) },
          }),
        },
        reasons: {},
      },
    ];
  });
}

function ignoredOf(
  log: Log,
  names: readonly string[],
  has: (path: string) => boolean,
): GuessedRule[] {
  const why = { confidence: 0.9, because: 'says nothing of products that a user saw or took' };
  const rule = (where: GuessedRule['where']): GuessedRule => ({
    is: 'ignored',
    why,
    where: where!,
    fields: {},
    reasons: {},
  });
  return [
    ...(names.length > 0 ? [rule({ [log.event]: names })] : []),
    ...Object.entries(log.others ?? {}).flatMap(([field, values]) =>
      has(field) ? [rule({ [field]: values })] : [],
    ),
  ];
}
