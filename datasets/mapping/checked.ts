// Holds mapped events against the border, so that nothing that passes here is refused by the streams.
import { judgeOf } from '../../schemas/border.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { type MappedEvent, type MapperOptions, timeOf } from './mapped.ts';
import { RefusedRow } from './refusal.ts';

/** Makes the check. It throws RefusedRow `event-invalid` or `event-ahead`. */
export function borderOf({ latest, limits }: MapperOptions): (mapped: MappedEvent) => void {
  const judges = {
    item: judgeOf(items, limits),
    impression: judgeOf(impressions, limits),
    click: judgeOf(clicks, limits),
    request: judgeOf(requests, limits),
  };
  return (mapped) => {
    const at = timeOf(mapped);
    if (latest !== undefined && at > latest) {
      const what = `its time ${new Date(at).toISOString()} lies ahead of the clock`;
      throw new RefusedRow({ code: 'event-ahead', what, field: 'time' });
    }
    if (mapped.kind === 'deleted-item') return;
    const { event, kind } = mapped;
    const key =
      'itemId' in event && kind === 'item' ? event.itemId : (event as { userId: string }).userId;
    const refusal = judges[kind](event, key);
    if (!refusal) return;
    throw new RefusedRow({ code: 'event-invalid', what: refusal.problem, field: refusal.field });
  };
}
