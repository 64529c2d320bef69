// What a request says holds for its own slate, by rules, without a language model.
import { describe, expect, it } from '@jest/globals';
import { requestOf } from '../../schemas/request-border.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { intents } from '../../schemas/topics/intents.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { MemoryRuntime } from '../../streams/engine/memory-runtime.ts';
import { SaidReader, slateAnswer } from '../../streams/serve/said.ts';
import { Catalogue } from '../../streams/tables/catalogue.ts';
import { mainTopology } from '../../streams/topology.ts';
import { itemOf } from '../support/events.ts';

const FILMS = [
  ['Night Train (1987)', 'Horror'],
  ['Dark Harbour (1999)', 'Horror', 'Thriller'],
  ['Sunny Street (2001)', 'Comedy'],
  ['Laughing Lantern (2004)', 'Comedy', 'Romance'],
  ['Desert Riders (1966)', 'Western'],
  ['Quiet River (2010)', 'Drama'],
] as const;

function slateOf(said: string[], k = 3, candidates?: string[]) {
  const runtime = new MemoryRuntime(mainTopology());
  for (const [i, [title, ...groups]] of FILMS.entries()) {
    runtime.send(items, { ...itemOf(`f${i}`), title, groups });
  }
  const base = { requestId: 'r', userId: 'ada', at: 1_000, k, surface: 'test' };
  runtime.send(requests, requestOf({ ...base, said, ...(candidates && { candidates }) }));
  runtime.drain();
  const [slate] = runtime.events(impressions);
  const titles = slate!.items.map(({ itemId }) => FILMS[Number(itemId.slice(1))]![0]);
  return { slate: slate!, titles, intents: runtime.events(intents) };
}

describe('a request that says something', () => {
  it('gets nothing of a refused group, with the propensities of what is left', () => {
    const { titles, slate } = slateOf(['no horror please'], 4);
    expect([...titles].sort()).toEqual([
      'Desert Riders (1966)',
      'Laughing Lantern (2004)',
      'Quiet River (2010)',
      'Sunny Street (2001)',
    ]);
    // Without feedback the policy is uniform over the four that are left.
    expect(slate.candidateCount).toBe(4);
    expect(slate.items.map(({ propensity }) => propensity)).toEqual(
      [1 / 4, 1 / 3, 1 / 2, 1].map((p) => expect.closeTo(p, 12)),
    );
  });

  it('gets what was asked for, and not what was named', () => {
    const { titles } = slateOf(['I loved Sunny Street, another comedy?'], 1);
    expect(titles).toEqual(['Laughing Lantern (2004)']);
  });

  it('is held to a refusal among the candidates that it names as well', () => {
    expect(slateOf(['not scary'], 2, ['f0', 'f4']).titles).toEqual(['Desert Riders (1966)']);
  });

  it('is held to the last word', () => {
    expect(slateOf(['no western', 'well, a western then'], 1).titles).toEqual([
      'Desert Riders (1966)',
    ]);
  });

  it('gets a slate where nothing fits', () => {
    expect(slateOf(['no horror'], 2, ['f0', 'f1']).titles).toHaveLength(2);
  });

  it('leaves an intent by rules', () => {
    const { intents: left } = slateOf(['a comedy, but no horror']);
    expect(left).toEqual([
      expect.objectContaining({
        ...{ userId: 'ada', at: 1_000, model: 'rules' },
        ...{ wanted: ['Comedy'], avoid: ['Horror'], confidence: 1 },
      }),
    ]);
    expect(slateOf(['hello']).intents).toEqual([]);
  });
});

describe('the words with a slate', () => {
  const catalogue = new Catalogue();
  for (const [i, [title, ...groups]] of FILMS.entries()) {
    catalogue.put({ ...itemOf(`f${i}`), title, groups });
  }
  const { slate } = slateOf(['hello'], 6);

  const answer = (said: string[], items = slate.items) => {
    const request = { requestId: 'r', userId: 'ada', at: 1_000, k: 3, surface: '', said };
    const read = new SaidReader().of(requestOf(request), catalogue)!;
    return slateAnswer(read, { ...slate, items }, catalogue);
  };
  const comedies = slate.items.filter(({ itemId }) => ['f2', 'f3'].includes(itemId));

  it('recommend by what was asked, and name what was refused', () => {
    const { act, text } = answer(['a comedy, no horror'], comedies);
    expect(act).toBe('recommend');
    expect(text).toMatch(
      /^How about .+? because it is comedy\. Also .+\. No horror, as you said\.$/,
    );
  });

  it('ask where nothing is known: six as likely, three named', () => {
    // Now 3/6. Horror is two of six, and of what is left three more can be named: 5/6, and .85 · 5/6 > 3/6.
    expect(answer(['hello'])).toMatchObject({
      act: 'ask',
      groups: expect.arrayContaining(['Horror']),
    });
    expect(answer(['anything, surprise me']).act).toBe('recommend');
  });

  it('say why, and close', () => {
    expect(answer(['a comedy', 'why?'], comedies)).toMatchObject({ act: 'explain' });
    expect(answer(['thanks, bye']).act).toBe('close');
  });
});
