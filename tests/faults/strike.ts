// How each fault is done. A strike resolves when the fault is over and its damage undone.
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../models/random.ts';
import { strikeBroker } from './broker-strikes.ts';
import type { Cluster } from './cluster.ts';
import { crashLoop } from './crash-loop.ts';
import { type Call, type Loss, Trap } from './link.ts';
import type { Links } from './links.ts';
import type { Fault } from './plan.ts';
import { deleteOffsets, deleteRead, deleteUnread, type Reader, resetOffsets } from './retention.ts';
import { spoil } from './spoil.ts';
import type { Worker } from './supervisor.ts';

/** A session of the workers, as short as the broker allows, ms. */
export const timing = { sessionTimeoutMs: 6_000, heartbeatIntervalMs: 1_500 };

/** Long enough for the session to end and for others to take the partitions over, ms. */
const zombieMs = 11_000;

/** A trap that nothing has run into for so long is taken back, ms. */
const trapMs = 15_000;

export interface Scene extends Reader {
  readonly cluster: Cluster;
  /** The worker of index i reaches the broker by the link of index i; the last is a spare. */
  readonly workers: readonly Worker[];
  /** Makes a place for a worker that ends without a word whenever it has got partitions. */
  readonly crashing: () => Worker;
  /** Every task has a position: what is deleted from then on is missed. */
  readonly haveAllBegun: Promise<void>;
  /** What has happened, for people. */
  readonly say: (line: string) => void;
}

const transactional: readonly Call[] = ['produce', 'addOffsets', 'txnOffsetCommit', 'endTxn'];

export async function strike(fault: Fault, scene: Scene): Promise<void> {
  const { cluster, workers, say } = scene;
  const running = workers.filter((worker) => worker.running);
  const worker = running[fault.draw % running.length] ?? workers[0]!;
  const index = workers.indexOf(worker);
  const link = cluster.links[index]!;
  const call = transactional[fault.call % transactional.length]!;
  const done = (what: string) => say(`${fault.kind} of worker ${index}: ${what}`);

  switch (fault.kind) {
    case 'kill':
      worker.kill();
      return done('killed');
    case 'kill-before-commit':
    case 'kill-after-commit': {
      const lose = fault.kind === 'kill-before-commit' ? 'request' : 'answer';
      const at = await trapped(cluster.links, lose, 'endTxn');
      workers[at ?? index]!.kill();
      cluster.links[at ?? index]!.cut();
      return say(`${fault.kind}: worker ${at ?? `${index}, though nobody committed`}`);
    }
    case 'lose-request':
    case 'lose-answer':
    case 'black-hole': {
      const lose = fault.kind === 'lose-request' ? 'request' : 'answer';
      const at = await trapped(cluster.links, lose, call);
      if (fault.kind !== 'black-hole') cluster.links[at ?? index]!.cut();
      return say(`${fault.kind}: ${call} of worker ${at ?? `${index}, though nobody called`}`);
    }
    case 'late-end': {
      const at = await trapped(cluster.links, 'late', 'endTxn');
      cluster.links[at ?? index]!.cut();
      return say(`late-end: of worker ${at ?? `${index}, though nobody committed`}`);
    }
    case 'freeze':
      await worker.freeze(zombieMs);
      return done(`stood still for ${zombieMs} ms`);
    case 'partition':
      link.hold();
      await sleep(zombieMs);
      link.release();
      return done(`cut off for ${zombieMs} ms`);
    case 'cut':
      link.cut();
      return done('its connections are cut');
    case 'slow': {
      const ms = 50 + (fault.call % 250);
      link.slow(ms);
      await sleep(4_000);
      link.slow(0);
      return done(`${ms} ms a way for 4 s`);
    }
    case 'broker-kill':
    case 'broker-stop':
    case 'coordinator-kill':
    case 'two-away':
    case 'isolate-broker':
      return say(`${fault.kind}: ${await strikeBroker(fault.kind, fault, scene)}`);
    case 'registry-kill':
    case 'registry-stop': {
      const how = fault.kind === 'registry-kill' ? 'kill' : 'stop';
      const back = cluster.registry.restart(how, 1_000 + (fault.call % 3_000));
      await sleep(500);
      worker.kill();
      await back;
      return say(`${fault.kind}: the registry is back; worker ${index} had to begin without it`);
    }
    case 'join': {
      const spare = workers.at(-1)!;
      if (!spare.running) spare.start();
      else if (!(await spare.leave())) return say('join: the spare worker did NOT leave in time');
      return say(`join: the spare worker ${spare.running ? 'joined' : 'left'}`);
    }
    case 'spoil-state': {
      const back = await worker.keepAway();
      const spoilt = spoil(worker.stateDir, new Random(fault.call));
      back();
      return done(`killed, and ${spoilt} of its files damaged`);
    }
    case 'replace':
      return worker.leave().then((inTime) => {
        worker.start();
        done(inTime ? 'left and came back' : 'did NOT leave in time, was killed and came back');
      });
    case 'crash-loop':
      return say(`crash-loop: ${await crashLoop(scene.crashing())}`);
    case 'forget-offsets': {
      const deleted = fault.call % 2 === 0;
      await withoutWorkers(workers, () => (deleted ? deleteOffsets(scene) : resetOffsets(scene)));
      return say(`forget-offsets: those of the group were ${deleted ? 'deleted' : 'set to 0'}`);
    }
    case 'retention':
      return say(`retention: ${await deleteRead(scene)} records are gone, which were read`);
    case 'retention-unread': {
      const random = new Random(fault.call);
      const away = fault.call % 2 === 0;
      let deleted = 0;
      await scene.haveAllBegun;
      const strikeNow = async () => {
        if (away) await sleep(3_000); // more comes meanwhile
        deleted = await deleteUnread(scene, random);
      };
      await (away ? withoutWorkers(workers, strikeNow) : strikeNow());
      return say(
        `retention-unread: ${deleted} records are gone${away ? ', while nobody was there' : ''}`,
      );
    }
  }
}

/** Does something while no worker runs. */
async function withoutWorkers(workers: readonly Worker[], what: () => Promise<void>) {
  const back = await Promise.all(workers.map((worker) => worker.keepAway()));
  try {
    await what();
  } finally {
    for (const one of back) one();
  }
}

/** Sets a trap on every link. @returns the worker that ran into it first, if one did in time */
function trapped(links: readonly Links[], lose: Loss, call: Call) {
  const trap = new Trap(lose, call, trapMs);
  for (const link of links) link.set(trap);
  return trap.sprung;
}
