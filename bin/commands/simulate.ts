// `millrace simulate`: policies in episodes of many turns with the simulator, its fidelity first.

import { type Command, Option } from 'commander';
import { grid } from '../../app/grid.ts';
import { openLogs } from '../../app/log.ts';
import { sampleFolder } from '../../app/sample.ts';
import { untilSignal } from '../../app/signals.ts';
import { withScratch } from '../../evaluate/scratch.ts';
import { type AnsweredSlate, simulatorLog, slatesOf } from '../../evaluate/simulator/log.ts';
import {
  type Compared,
  comparedNames,
  comparedPolicies,
} from '../../evaluate/simulator/policies.ts';
import { Calibration } from '../../models/baseline/calibration.ts';
import { standardError } from '../../models/moments.ts';
import { Random, shuffled } from '../../models/random.ts';
import { episodeOf } from '../../models/reward/episode.ts';
import { Simulator } from '../../models/reward/simulator.ts';
import { sessionGapMs } from '../../models/user/track.ts';
import type { Example } from '../../schemas/topics/examples.ts';
import type { UserState } from '../../schemas/topics/user-state.ts';
import { likedItems } from '../../streams/serve/decide.ts';
import type { CommandContext } from './context.ts';
import { whole } from './numbers.ts';

/** Number of answers at the end of the log that the policies learn from. */
const policyAnswers = 20_000;

/** Fewest likes of a user who becomes a persona. */
const fewest = 5;

interface Flags {
  users: number;
  policy?: string;
  turns: number;
  data: string;
  json?: boolean;
}

export function defineSimulate(command: Command, { config }: CommandContext): void {
  command
    .option('--users <n>', 'personas, drawn from the users of the log', whole, 50)
    .addOption(new Option('--policy <name>', 'this one alone').choices(comparedNames))
    .option('--turns <n>', 'slates at most', whole, 20)
    .option('--data <set[:folder]>', 'movielens, or mind with the folder of its files', 'movielens')
    .option('--json', 'as JSON, on one line')
    .action(async ({ users, policy, turns, data, json }: Flags) => {
      const settings = config();
      const { seed } = settings;
      const logs = openLogs(settings.dataDir);
      const compared = comparedPolicies();
      const played = policy ? compared.filter((one) => one.policy.name === policy) : compared;
      const [dataset = '', ...rest] = data.split(':');
      const folder = rest.join(':') || sampleFolder(dataset);
      const signal = untilSignal();
      const { simulator, ...given } = await withScratch(async (scratch) => {
        const log = await simulatorLog(dataset, folder, scratch, settings, signal, logs.say);
        const examples: Example[] = [];
        for await (const example of log.examples()) examples.push(example);
        return { log, examples, ...learned(examples, compared) };
      });
      const { auc, lower, calibrationError, weight } = simulator.fidelity();
      const { shelf, personas } = crowdOf(given.examples, given.log.index);
      const leaving = leavingOf(slatesOf(given.examples, given.log.index));
      const drawn = shuffled(personas, new Random(seed)).slice(0, users);
      const rows = played.map(({ policy: one }) => {
        const episodes = drawn.map((persona, i) =>
          episodeOf(one, simulator, shelf, persona, {
            turns,
            leaving: (share) => leaving.probability(share),
            seed: seed * 0x10_0000 + i,
          }),
        );
        const mean = (of: (episode: (typeof episodes)[number]) => number) =>
          episodes.reduce((sum, episode) => sum + of(episode), 0) / episodes.length;
        const reward = mean((episode) => episode.reward);
        const meanTurns = mean((episode) => episode.turns);
        const error = standardError(episodes.map((episode) => episode.reward));
        const perSlate = reward / meanTurns;
        return { policy: one.name, reward, standardError: error, turns: meanTurns, perSlate };
      });
      const fidelity = { auc, aucLower: lower, calibrationError, weight };
      if (json) {
        process.stdout.write(`${JSON.stringify({ fidelity, users: drawn.length, seed, rows })}\n`);
        return;
      }
      const number = (value: number) => value.toFixed(3);
      const told = `Fidelity on logged feedback, predicted before it was learned: AUC ${number(auc)} (at least ${number(lower)}), calibration error ${number(calibrationError)}, weight ${number(weight)}.`;
      const warning =
        weight > 0 ? '' : '\nBelow the threshold: the figures that follow are not to be believed.';
      const table = grid(
        ['policy', 'reward an episode', 'turns', 'reward a slate'],
        rows.map(({ policy: name, reward, standardError, turns: meanTurns, perSlate }) => [
          name,
          `${number(reward)} ± ${number(standardError)}`,
          number(meanTurns),
          number(perSlate),
        ]),
      );
      process.stdout.write(
        `${told}${warning}\n\n${drawn.length} personas, at most ${turns} turns, seed ${seed}\n\n${table}\n`,
      );
    });
}

/**
 * Lets the simulator learn the whole log, each answer predicted before, and the policies its last
 * part.
 */
function learned(examples: readonly Example[], compared: readonly Compared[]) {
  const simulator = Simulator.load();
  let left = examples.reduce((sum, { items }) => sum + items.length, 0);
  for (const example of examples) {
    simulator.learn(example);
    if (left <= policyAnswers) for (const { learn } of compared) learn(example);
    left -= example.items.length;
  }
  return { simulator };
}

/** The items that can be shown, and users as they were at their last answer. */
function crowdOf(
  examples: readonly Example[],
  index: Awaited<ReturnType<typeof simulatorLog>>['index'],
) {
  const groupsOf = new Map<string, readonly string[]>();
  const users = new Map<string, UserState>();
  for (const { userId, state, items } of examples) {
    users.set(userId, state);
    for (const { itemId, groups } of items) groupsOf.set(itemId, groups);
  }
  const shelf = {
    itemIds: [...groupsOf.keys()],
    describe(state: UserState, itemIds: readonly string[]) {
      const profile = index.profile(likedItems(state));
      return itemIds.map((itemId) => ({
        itemId,
        groups: groupsOf.get(itemId) ?? [],
        similarity: index.similarity(profile, itemId),
      }));
    },
  };
  return { shelf, personas: [...users.values()].filter(({ positives }) => positives >= fewest) };
}

/**
 * P(leaving after a slate) by the share of the slate that was liked, from how sessions of the log
 * end.
 */
function leavingOf(slates: readonly AnsweredSlate[]): Calibration {
  const leaving = new Calibration();
  const byUser = Map.groupBy(
    [...slates].sort((a, b) => a.at - b.at),
    ({ userId }) => userId,
  );
  for (const own of byUser.values()) {
    for (const [i, { items, lastAt }] of own.entries()) {
      const next = own[i + 1];
      const share = items.filter(({ positive }) => positive).length / items.length;
      leaving.learn(share, next === undefined || next.at - lastAt >= sessionGapMs);
    }
  }
  return leaving;
}
