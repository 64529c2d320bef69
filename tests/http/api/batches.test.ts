import { describe, expect, it } from '@jest/globals';
import { clicks } from '../../../schemas/topics/clicks.ts';
import { deadLetters } from '../../../schemas/topics/dead-letters.ts';
import { items } from '../../../schemas/topics/items.ts';
import { rewards } from '../../../schemas/topics/rewards.ts';
import { catalogueTable } from '../../../streams/tables/catalogue.ts';
import { serve } from '../../support/served-memory-api.ts';

/** An interface that has served the user u one slate, and an event about its first item. */
async function withSlate() {
  const api = await serve();
  const catalogue = ['a', 'b', 'c'].map((itemId) => ({ itemId, title: itemId }));
  await api.post('/v1/items', { items: catalogue });
  const slate = await api.post('/v1/recommend', { userId: 'u', k: 2 });
  const { impressionId, items: shown } = slate.body;
  return { api, event: { impressionId, userId: 'u', itemId: shown[0].itemId as string } };
}

const feedback = '/v1/feedback';

describe('POST /v1/feedback', () => {
  it('writes events that are attributed to their slate', async () => {
    const { api, event } = await withSlate();
    const { status, body } = await api.post(feedback, {
      events: [{ id: 'c1', ...event }],
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      ...{ written: 1, refused: 0, rows: [{ index: 0, id: 'c1', status: 'written' }] },
    });
    expect(api.runtime.events(rewards)).toMatchObject([
      { clickId: 'c1', itemId: event.itemId, positive: true, value: 1, source: 'logged' },
    ]);
  });

  it('fills in what an event leaves out, by its kind', async () => {
    const { api, event } = await withSlate();
    const { body } = await api.post(feedback, {
      events: [
        { ...event, kind: 'buy', value: 49.5 },
        { ...event, kind: 'watch', positive: false },
        { ...event, kind: 'rating', positive: true, value: 4, at: 1_700_000_000_000 },
      ],
    });
    expect(body.written).toBe(3);
    expect(api.runtime.events(clicks)).toMatchObject([
      { kind: 'buy', positive: true, value: 49.5 },
      { kind: 'watch', positive: false, value: 0 },
      { kind: 'rating', positive: true, value: 4, at: 1_700_000_000_000 },
    ]);
    const rating = await api.post(feedback, { events: [{ ...event, kind: 'rating', value: 4 }] });
    expect(rating.status).toBe(422);
    expect(rating.body.rows[0].why).toMatch(/^positive: a rating or a watch must say/);
  });

  it('counts an event once, however often it is sent', async () => {
    const { api, event } = await withSlate();
    const events = [
      { id: 'c1', ...event },
      { id: 'c1', ...event },
    ];
    const first = await api.post(feedback, { events });
    expect(first.body.rows.map(({ status }: { status: string }) => status)).toEqual([
      'written',
      'duplicate',
    ]);
    const again = await api.post(feedback, { events });
    expect(again.body.rows[0]).toEqual({ index: 0, id: 'c1', status: 'duplicate' });
    expect(api.runtime.events(clicks)).toHaveLength(1);
    expect(api.runtime.events(deadLetters)).toEqual([]);
  });

  it('takes the ids of Idempotency-Key and the place in the batch', async () => {
    const { api, event } = await withSlate();
    const send = () =>
      api.post(
        feedback,
        { events: [event, { ...event, kind: 'buy' }] },
        { 'idempotency-key': 'k' },
      );
    expect((await send()).body.rows.map(({ id }: { id: string }) => id)).toEqual(['k-0', 'k-1']);
    expect((await send()).body.rows.map(({ status }: { status: string }) => status)).toEqual([
      'duplicate',
      'duplicate',
    ]);
    expect(api.runtime.events(clicks)).toHaveLength(2);
  });

  it('refuses an id that came with other content, and writes nothing of the batch', async () => {
    const { api, event } = await withSlate();
    await api.post(feedback, { events: [{ id: 'c1', ...event }] });
    const { status, body } = await api.post(feedback, {
      events: [
        { id: 'c2', ...event },
        { id: 'c1', ...event, value: 7 },
      ],
    });
    expect([status, body.error.code]).toEqual([422, 'batch-invalid']);
    expect(body.rows).toMatchObject([{ index: 1, code: 'key-reused' }]);
    expect(api.runtime.events(clicks)).toHaveLength(1);
  });

  it('says of each row what is wrong, and writes nothing', async () => {
    const { api, event } = await withSlate();
    const { status, body } = await api.post(feedback, {
      events: [
        event,
        { ...event, kind: 'glance' },
        { ...event, value: 1e300 },
        { ...event, at: Date.now() + 3_600_000 },
        'click',
        { userId: 'u', itemId: 'a' },
      ],
    });
    expect(status).toBe(422);
    expect(body.error).toMatchObject({
      code: 'batch-invalid',
      what: '5 of 6 rows cannot be used, so nothing was written.',
    });
    expect(body.rows).toMatchObject([
      { index: 1, code: 'request-invalid', why: expect.stringContaining('kind') },
      { index: 2, code: 'event-invalid', why: expect.stringContaining('value') },
      { index: 3, code: 'event-ahead', why: expect.stringContaining('at') },
      { index: 4, code: 'request-invalid' },
      { index: 5, code: 'request-invalid', why: expect.stringContaining('impressionId') },
    ]);
    expect(api.runtime.events(clicks)).toEqual([]);
  });

  it('leaves out what cannot be used where that is wanted', async () => {
    const { api, event } = await withSlate();
    const { status, body } = await api.post(feedback, {
      events: [
        { id: 'c0', ...event, kind: 'glance' },
        { id: 'c1', ...event },
      ],
      skipInvalid: true,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ written: 1, refused: 1 });
    expect(body.rows).toMatchObject([
      { index: 0, status: 'refused', code: 'request-invalid' },
      { index: 1, status: 'written', id: 'c1' },
    ]);
    expect(api.runtime.events(clicks)).toHaveLength(1);
  });

  it('may send an event again whose batch the streams did not take', async () => {
    let calls = 0;
    const { api: other, event } = await withSlate();
    const api = await serve({
      ports: {
        async feedback(events) {
          if (++calls === 1) throw new Error('the broker went away');
          return events.map(() => 'joined' as const);
        },
      },
    });
    const send = () => api.post(feedback, { events: [{ id: 'c1', ...event }] });
    expect((await send()).status).toBe(500);
    expect((await send()).body.rows).toEqual([{ index: 0, id: 'c1', status: 'joined' }]);
    expect(other.runtime.events(clicks)).toEqual([]);
  });

  it('refuses more rows than a batch may have', async () => {
    const { event } = await withSlate();
    const api = await serve({ routes: { batchRows: 2 } });
    const { status, body } = await api.post(feedback, { events: [event, event, event] });
    expect([status, body.error.code]).toEqual([422, 'request-invalid']);
    expect(body.error.why).toContain('3 rows');
  });
});

describe('POST /v1/items', () => {
  it('writes items whole, changes them and deletes them', async () => {
    const api = await serve();
    const lamp = {
      ...{ itemId: 'lamp', title: 'Desk lamp', text: 'It bends.', groups: ['lamps', 'office'] },
      attributes: { price: 49.5, inStock: true, brand: 'Arc' },
    };
    await api.post('/v1/items', { items: [lamp, { itemId: 'chair', title: 'Chair' }] });
    const catalogue = api.runtime.tables.of(catalogueTable);
    expect(catalogue.get('lamp')).toEqual({
      ...lamp,
      at: expect.any(Number),
      attributes: { price: '49.5', inStock: 'true', brand: 'Arc' },
    });
    const { body } = await api.post('/v1/items', {
      items: [
        { itemId: 'lamp', title: 'Desk lamp, black' },
        { itemId: 'chair', deleted: true },
      ],
    });
    expect(body).toEqual({
      ...{ written: 2, refused: 0 },
      rows: [
        { index: 0, id: 'lamp', status: 'written' },
        { index: 1, id: 'chair', status: 'deleted' },
      ],
    });
    expect(catalogue.get('lamp')).toMatchObject({ title: 'Desk lamp, black', groups: [] });
    expect(catalogue.isDeleted('chair')).toBe(true);
    const { body: slate } = await api.post('/v1/recommend', { userId: 'u', k: 5 });
    expect(slate.items.map(({ itemId }: { itemId: string }) => itemId)).toEqual(['lamp']);
  });

  it('says which field of which row cannot be used, and writes nothing', async () => {
    const api = await serve();
    const { status, body } = await api.post('/v1/items', {
      items: [
        { itemId: 'a', title: 'A' },
        { itemId: '', title: 'B' },
        { itemId: 'c' },
        { itemId: 'd', deleted: false },
        { itemId: 'e', title: 'E', text: 'x'.repeat(200_001) },
        { itemId: 'f', title: 'F', attributes: { secret: { deep: 1 } } },
        { itemId: 'g', title: 'G', groups: ['ok', ''] },
      ],
    });
    expect(status).toBe(422);
    const fields = body.rows.map(({ index, why }: { index: number; why: string }) => [
      index,
      why.split(':')[0],
    ]);
    expect(fields).toEqual([
      [1, 'itemId'],
      [2, 'title'],
      [3, 'deleted'],
      [4, 'text'],
      [5, 'attributes'],
      [6, 'groups[1]'],
    ]);
    expect(api.runtime.events(items)).toEqual([]);
  });

  it('refuses an item that is larger than a record may be', async () => {
    const api = await serve({ routes: { maxRecordBytes: 10_000 } });
    const attributes = { a: 'x'.repeat(9_000), b: 'x'.repeat(2_000) };
    const { status, body } = await api.post('/v1/items', {
      items: [{ itemId: 'a', title: 'A', attributes }],
    });
    expect(status).toBe(422);
    expect(body.rows).toMatchObject([{ index: 0, code: 'record-too-large' }]);
  });
});
