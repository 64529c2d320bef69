import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { openApiDocument } from '../../../app/http/document.ts';
import { openMemoryApi } from '../../support/memory-api.ts';

const kept = readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');

async function problemsOf(source: string): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const found = await lintFromString({ source, config, absoluteRef: 'openapi.json' });
  return found.map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

it('passes the strict rules of the linter, which finds what is wrong', async () => {
  expect(await problemsOf(kept)).toEqual([]);
  const broken = kept.replace('"operationId": "recommend"', '"operationId": "feedback"');
  expect(await problemsOf(broken)).toEqual([
    expect.stringMatching(/^operation-operationId-unique: /),
  ]);
});

it('is served as it is kept', async () => {
  const document = await openApiDocument();
  expect(document).toEqual(JSON.parse(kept));
  await using api = await openMemoryApi({ ports: { explain: () => Promise.reject(new Error()) } });
  expect((await api.get('/v1/openapi.json')).body).toEqual(document);
});

it('describes what is answered', async () => {
  const { paths } = JSON.parse(kept);
  await using api = await openMemoryApi();
  await api.post('/v1/items', { items: [{ itemId: 'a', title: 'A' }] });
  const { body } = await api.post('/v1/recommend', { userId: 'u', k: 1 });
  const schema = paths['/v1/recommend'].post.responses['200'].content['application/json'].schema;
  // The words come only where the request says something.
  const { answer, ...properties } = schema.properties;
  expect(Object.keys(answer.properties).sort()).toEqual(['act', 'groups', 'text']);
  expect(Object.keys(properties).sort()).toEqual(Object.keys(body).sort());
  expect(schema.required.sort()).toEqual(Object.keys(body).sort());
});
