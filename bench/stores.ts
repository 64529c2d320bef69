// `npm run bench:stores`: state in memory and in LMDB, the same work in turn: user states are read,
// updated and committed; then only read. In one run, and by the processor time it takes, so that what
// else the machine does matters less.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { openLmdbStores } from '../infra/stores/lmdb.ts';
import { Random } from '../models/random.ts';
import { newUser, trackImpression } from '../models/user/track.ts';
import { createCodec } from '../schemas/codec.ts';
import { type UserState, userStates } from '../schemas/topics/user-state.ts';
import { type Backing, defineStore, LayeredStore, MemoryBacking } from '../streams/engine/store.ts';
import { benchLog, say } from './support/broker.ts';
import { readOptions, wholeNumber } from './support/options.ts';

const given = readOptions(
  new Command('bench:stores')
    .description(
      'State in memory beside state in LMDB: updates and reads in a second of processor time.',
    )
    .option('--users <n>', 'keys', '100000')
    .option('--updates <n>', 'reads and writes in a round', '200000')
    .option('--commit <n>', 'updates in a transaction', '4000')
    .option('--rounds <n>', 'rounds of each, in turn; the best counts', '3')
    .option('--json', 'one line on stdout'),
  z.object({
    users: wholeNumber,
    updates: wholeNumber,
    commit: wholeNumber,
    rounds: wholeNumber,
    json: z.boolean().default(false),
  }),
);

const codec = createCodec(userStates, 1);
const store = defineStore({ name: 'user-state', changelog: userStates });

/** A user state with some history, about 700 bytes. */
function user(id: number): UserState {
  return {
    ...newUser(`user-${id}`),
    recent: Array.from({ length: 20 }, (_, i) => ({
      itemId: `item-${(id * 31 + i * 7) % 10_000}`,
      at: 1.6e12 + i,
      positive: i % 3 === 0,
      value: i % 3 === 0 ? 1 : 0,
    })),
    groups: Array.from({ length: 10 }, (_, i) => ({
      group: `group-${(id + i) % 40}`,
      feedbacks: i + 1,
      positives: i,
      valueSum: i,
    })),
  };
}

/** A drawn user; some come far more often than others. */
const drawn = (random: Random) => `user-${Math.floor(random.next() ** 3 * given.users)}`;

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Number of operations in a second of processor time. */
function measure(backing: Backing<UserState>, seed: number): { updates: number; reads: number } {
  const state = new LayeredStore<UserState>(backing);
  const random = new Random(seed);
  const commit = () => {
    state.seal();
    state.commit(backing.checkpoint + given.commit);
  };
  const begun = cpuSeconds();
  for (let i = 1; i <= given.updates; i++) {
    const key = drawn(random);
    state.put(key, trackImpression(state.get(key)!, 1.6e12 + i));
    if (i % given.commit === 0) commit();
  }
  commit();
  const updated = cpuSeconds();
  for (let i = 0; i < given.updates; i++) state.get(drawn(random));
  const read = cpuSeconds();
  return {
    updates: given.updates / (updated - begun),
    reads: given.updates / (read - updated),
  };
}

const dir = mkdtempSync(join(tmpdir(), 'millrace-bench-stores-'));
try {
  using lmdb = openLmdbStores({
    dir,
    application: 'bench',
    clusterId: 'none',
    codecOf: () => codec,
    nameOf: ({ name }) => name,
    log: benchLog(),
  });
  const backings = {
    memory: new MemoryBacking<UserState>(),
    lmdb: lmdb.open(store, 0) as Backing<UserState>,
  };
  const best = { memory: { updates: 0, reads: 0 }, lmdb: { updates: 0, reads: 0 } };
  const kinds = ['memory', 'lmdb'] as const;
  for (const kind of kinds) {
    for (let from = 0; from < given.users; from += 1000) {
      const count = Math.min(1000, given.users - from);
      const ids = Array.from({ length: count }, (_, i) => from + i);
      backings[kind].apply(
        ids.map((id) => [`user-${id}`, user(id)]),
        from + count,
      );
    }
  }
  for (let round = 0; round < given.rounds; round++) {
    for (const kind of kinds) {
      const { updates, reads } = measure(backings[kind], round);
      say(`${kind}: ${updates.toFixed(0)} updates/s, ${reads.toFixed(0)} reads/s`);
      best[kind].updates = Math.max(best[kind].updates, updates);
      best[kind].reads = Math.max(best[kind].reads, reads);
    }
  }
  const ratio = {
    updates: best.lmdb.updates / best.memory.updates,
    reads: best.lmdb.reads / best.memory.reads,
  };
  const result = { valueBytes: codec.encode(user(1)).length, ...best, ratio };
  process.stdout.write(`${JSON.stringify(result, undefined, given.json ? undefined : 2)}\n`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
