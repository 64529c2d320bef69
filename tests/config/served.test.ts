// Simulated feedback and people's never meet: a data directory belongs to the demo, or to people.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { demoLayer } from '../../app/demo/recommender.ts';
import { checkGroups, readServed, takeForApplication } from '../../app/served.ts';
import { millrace } from '../support/millrace.ts';

const demo = demoLayer(1_000);
const refusal = expect.objectContaining({ code: 'simulated-feedback' });
let place: { dataDir: string };
beforeEach(() => {
  place = { dataDir: mkdtempSync(join(tmpdir(), 'millrace-served-')) };
});
afterEach(() => rmSync(place.dataDir, { recursive: true }));

describe('a data directory', () => {
  it('of the demo says what the demo serves, and is not for people', () => {
    expect(readServed(place)).toBeUndefined();
    takeForApplication(place, demo);
    takeForApplication(place, demo);
    expect(readServed(place)).toEqual(JSON.parse(JSON.stringify(demo)));
    expect(() => takeForApplication(place)).toThrow(refusal);
  });

  it('of people is as it is configured, and not for the demo', () => {
    takeForApplication(place);
    takeForApplication(place);
    expect(readServed(place)).toBeUndefined();
    expect(() => takeForApplication(place, demo)).toThrow(refusal);
  });

  it('of the demo is refused by run before anything starts', async () => {
    takeForApplication(place, demo);
    const { output, ended } = millrace(['--data-dir', place.dataDir, 'run']);
    expect(await ended).toBe(1);
    expect(output.err).toContain('Error (simulated-feedback)');
    expect(output.err).not.toContain('Kafka is up');
  }, 60_000);
});

describe('the groups of a broker', () => {
  const kafka = (...groupIds: string[]) => {
    const groups = groupIds.map((groupId) => ({ groupId, protocolType: 'consumer' }));
    const admin = { connect: async () => {}, disconnect: async () => {} };
    return { admin: () => ({ ...admin, listGroups: async () => ({ groups }) }) } as never as Kafka;
  };
  const [both, people] = [
    ['p.app-serve', 'p.app-simulate'],
    ['p.app-serve', 'app-simulate'],
  ];

  it.each([
    ['nobody yet', [], 'both may'],
    ['the demo', both, 'it may go on'],
    ['people', people, 'run may go on'],
  ] as const)('%s: %s → %s', async (_, groups, outcome) => {
    const ask = (simulates: boolean) => checkGroups(kafka(...groups), 'p.app', simulates);
    if (outcome === 'run may go on') await expect(ask(true)).rejects.toEqual(refusal);
    else await ask(true);
    if (outcome === 'it may go on') await expect(ask(false)).rejects.toEqual(refusal);
    else await ask(false);
  });
});
