// What a mapping made of rows, for people.
import type { MappedEvent } from '../../datasets/mapping/mapped.ts';
import type { Counts, Tally } from '../../datasets/mapping/tally.ts';
import { grid } from '../grid.ts';
import type { Preview, Shown } from './preview.ts';

export function previewText({ shown, refused, counts, bySource, byCode }: Preview): string {
  return [
    ...shown.flatMap(pair),
    ...(refused.length > 0
      ? ['Refused, the first row of each kind:', ...refused.flatMap(pair)]
      : []),
    sourcesText(Object.entries(bySource)),
    ...codesText(Object.entries(byCode)),
    '',
    sumText(counts),
  ].join('\n');
}

export function tallyText(tally: Tally, refusedFile: string): string {
  return [
    sourcesText([...tally.sources]),
    ...codesText([...tally.codes]),
    `catalogue  ${tally.items} entries new or changed`,
    ...(tally.unjoined > 0
      ? [
          `feedback   ${tally.unjoined} answer no slate: remembered of their users, and dead letters (click-orphan)`,
        ]
      : []),
    ...(tally.all.refused > 0 ? [`refused    ${refusedFile}`] : []),
    '',
    sumText(tally.all),
  ].join('\n');
}

/** The sum that must close. */
export function sumText({ read, mapped, ignored, refused }: Counts): string {
  const left = ignored > 0 ? ` + ignored ${ignored}` : '';
  return `read ${read} = mapped ${mapped}${left} + refused ${refused}`;
}

function sourcesText(sources: readonly (readonly [string, Counts])[]): string {
  return grid(
    ['source', 'read', 'mapped', 'ignored', 'refused'],
    sources.map(([name, { read, mapped, ignored, refused }]) => [
      name,
      ...[read, mapped, ignored, refused].map(String),
    ]),
  );
}

function codesText(codes: readonly (readonly [string, number])[]): string[] {
  if (codes.length === 0) return [];
  return [
    '',
    grid(
      ['refused as', 'rows'],
      codes.map(([code, rows]) => [code, String(rows)]),
    ),
  ];
}

function pair({ file, line, row, events, refusal }: Shown): string[] {
  const cut = row.length > 400 ? `${row.slice(0, 400)}…` : row;
  const after = refusal
    ? [`  → refused: ${refusal.code}, ${refusal.field ? `${refusal.field} ` : ''}${refusal.what}`]
    : events.length === 0
      ? ['  → ignored']
      : events.map((event) => `  → ${eventText(event)}`);
  return [`${file}:${line}  ${cut}`, ...after, ''];
}

function eventText(mapped: MappedEvent): string {
  if (mapped.kind === 'deleted-item') return `deleted-item ${mapped.itemId}`;
  const at = new Date(mapped.event.at).toISOString();
  switch (mapped.kind) {
    case 'item': {
      const { itemId, title, groups } = mapped.event;
      return `item ${itemId} ${JSON.stringify(title)} groups ${groups.join(', ') || 'none'}`;
    }
    case 'impression': {
      const { impressionId, userId, items, propensitySource } = mapped.event;
      const shown = items.map(({ itemId }) => itemId).join(', ');
      return `impression ${impressionId} of ${userId} at ${at}: ${shown} (propensities ${propensitySource})`;
    }
    case 'click': {
      const { kind, userId, itemId, value, positive, impressionId } = mapped.event;
      const sign = positive ? '' : ', no click';
      return `${kind} of ${userId} at ${at}: ${itemId}, value ${value}${sign}, answers ${impressionId || 'the latest slate with it'}`;
    }
    case 'request':
      return `request ${mapped.event.requestId} of ${mapped.event.userId} at ${at}`;
  }
}
