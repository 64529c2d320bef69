// Rules of the shop over HTTP: put, shown, removed, and held to by the next slate.
import { describe, expect, it } from '@jest/globals';
import { rules } from '../../../schemas/topics/rules.ts';
import { itemOf } from '../../support/events.ts';
import { openMemoryApi } from '../../support/memory-api.ts';
import { shopRule } from '../../support/shop-rules.ts';

const open = () => openMemoryApi({ tokens: { boss: ['admin'], shop: ['read', 'write'] } });
const bearer = (token: string | undefined) => ({ authorization: `Bearer ${token}` });

describe('/v1/rules', () => {
  it('puts a rule, holds to it at once, shows it and removes it', async () => {
    await using api = await open();
    const boss = bearer(api.tokens.boss);
    const catalogue = ['a', 'b', 'c'].map((id) => itemOf(id));
    await api.post('/v1/items', { items: catalogue }, boss);
    const pin = { kind: 'pin', items: ['c'], position: 0, note: 'launch' };
    const put = await api.send('PUT', '/v1/rules/top', pin, boss);
    expect(put.status).toBe(200);
    expect(put.body).toMatchObject({ rule: { id: 'top', ...pin }, owner: 'people', warnings: [] });
    const slate = await api.post('/v1/recommend', { userId: 'u', k: 2 }, boss);
    expect(slate.body.items[0]).toMatchObject({ itemId: 'c', propensity: 1, barred: 1 });
    expect(slate.body.rules).toMatchObject([{ ruleId: 'top', outcome: 'acted', positions: [0] }]);
    const list = await api.get('/v1/rules', boss);
    expect(list.body.rules).toEqual([{ ...put.body, warnings: undefined }]);
    const removed = await api.send('DELETE', '/v1/rules/top', undefined, boss);
    expect(removed).toMatchObject({ status: 200, body: { removed: 'top' } });
    const after = await api.post('/v1/recommend', { userId: 'u', k: 2 }, boss);
    expect(after.body.rules).toEqual([]);
  });

  it('says what is wrong with a rule, and changes nothing', async () => {
    await using api = await open();
    const boss = bearer(api.tokens.boss);
    const bad = await api.send('PUT', '/v1/rules/top', { kind: 'pin', items: ['c'] }, boss);
    expect(bad.status).toBe(422);
    expect(bad.body.error).toMatchObject({
      code: 'rule-invalid',
      why: expect.stringContaining('position: a rule of kind pin needs it'),
    });
    expect((await api.send('PUT', '/v1/rules/top', 'text', boss)).status).toBe(422);
    expect((await api.get('/v1/rules', boss)).body.rules).toEqual([]);
    const unknown = await api.send('DELETE', '/v1/rules/top', undefined, boss);
    expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'rule-unknown' } } });
  });

  it('leaves the rules of the file to the file', async () => {
    await using api = await open();
    api.runtime.send(rules, shopRule('own', 'exclude', { items: ['a'], owner: 'file' }));
    api.runtime.drain();
    const boss = bearer(api.tokens.boss);
    const other = { kind: 'exclude', items: ['b'] };
    expect((await api.send('PUT', '/v1/rules/own', other, boss)).status).toBe(409);
    expect((await api.send('DELETE', '/v1/rules/own', undefined, boss)).body.error.code).toBe(
      'rule-of-file',
    );
  });

  it('is for admins alone', async () => {
    await using api = await open();
    const shop = bearer(api.tokens.shop);
    const rule = { kind: 'exclude', items: ['a'] };
    expect((await api.get('/v1/rules', shop)).status).toBe(403);
    expect((await api.send('PUT', '/v1/rules/x', rule, shop)).status).toBe(403);
    expect((await api.send('DELETE', '/v1/rules/x', undefined, shop)).status).toBe(403);
    expect((await api.get('/v1/rules')).status).toBe(401);
  });
});
