import { describe, expect, it } from '@jest/globals';
import { UniformPolicy } from '../../../models/bandit/uniform.ts';
import { toProbabilities } from '../../../models/exploration.ts';
import { Crowd } from '../../../models/world/crowd.ts';
import { live } from '../../../models/world/live.ts';
import { exactValue, regret, sampledValue } from '../../../models/world/value.ts';
import { visits } from '../../../models/world/visits.ts';
import { World } from '../../../models/world/world.ts';

const DAY = 86_400_000;

describe('the seeded world', () => {
  it('is a function of its seed', () => {
    const truth = (seed: number) => {
      const world = new World({ seed });
      return world.items.map((item) => [item.title, world.interest('3', item.itemId, 5 * DAY)]);
    };
    expect(truth(7)).toEqual(truth(7));
    expect(truth(7)).not.toEqual(truth(8));
    const run = () => [...live(new World(), new UniformPolicy(), { requests: 40 })];
    expect(run()).toEqual(run());
  });

  it('turns tastes: opposite after half a turn, back after a whole one, still without drift', () => {
    const world = new World({ driftMs: 90 * DAY });
    const now = world.taste('5', 2, 0);
    expect(world.taste('5', 2, 45 * DAY)).toBeCloseTo(-now, 9);
    expect(world.taste('5', 2, 90 * DAY)).toBeCloseTo(now, 9);
    expect(world.taste('5', 2, 22 * DAY)).not.toBeCloseTo(now, 2);
    const still = new World({ driftMs: 0 });
    expect(still.taste('5', 2, 45 * DAY)).toBe(still.taste('5', 2, 0));
    expect(world.taste('nobody', 2, 0)).toBe(0);
  });

  it('has tastes as strong as its options say', () => {
    const world = new World({ taste: 0.6, users: 400 });
    const tastes = world.users.flatMap((user) =>
      Array.from({ length: world.options.topics }, (_, topic) => world.taste(user, topic, 0)),
    );
    const variance = tastes.reduce((sum, taste) => sum + taste * taste, 0) / tastes.length;
    // Four standard deviations of a mean of squares.
    const slack = 4 * Math.sqrt(2 / tastes.length);
    expect(Math.abs(variance / 0.6 ** 2 - 1)).toBeLessThan(slack);
  });

  it('answers slates by examples: a click is worth 1, and nothing else anything', () => {
    const lived = [...live(new World(), new UniformPolicy(), { requests: 60 })];
    const items = lived.flatMap(({ examples }) => examples.flatMap((one) => one.items));
    const clicks = items.filter(({ positive }) => positive).length;
    expect(clicks).toBeGreaterThan(20);
    expect(clicks).toBeLessThan(items.length - 20);
    expect(items.map(({ reward }) => reward)).toEqual(items.map(({ positive }) => +positive));
    expect(new Set(lived.flatMap(({ examples }) => examples.map((e) => e.confidence)))).toEqual(
      new Set([1]),
    );
  });

  it('says what items are about, in text and in similarity', () => {
    const world = new World();
    for (const { title, text, groups } of world.items) {
      expect(text).toBe(`${title}, about ${groups.join(' and ')}`);
    }
    const alike = world.items.filter(({ topics }) => topics.join() === '2');
    const apart = world.items.find(({ topics }) => !topics.includes(2))!;
    expect(world.similarity([alike[0]!.itemId], alike[1]!.itemId)).toBe(1);
    expect(world.similarity([alike[0]!.itemId], apart.itemId)).toBe(0);
    expect(world.similarity([], apart.itemId)).toBeNull();
    expect(world.similarity([apart.itemId], 'unknown')).toBeNull();
  });

  it('looks less at lower positions, by the power given', () => {
    const crowd = new Crowd(new World({ positionBias: 1 }));
    const [first, second, third] = crowd.clickProbabilities('0', ['9', '9', '9'], 0);
    expect(second).toBeCloseTo(first! / 2, 12);
    expect(third).toBeCloseTo(first! / 3, 12);
  });

  it('makes what is clicked popular, and users tired of a topic, both fading by half-lives', () => {
    const world = new World({
      feedback: 2,
      saturation: 0.5,
      clickHalfLifeMs: DAY,
      tiredMs: DAY,
      driftMs: 0,
    });
    const crowd = new Crowd(world);
    const at = 1_000 * DAY;
    const before = crowd.appeal('0', '1', at);
    crowd.remember('1', ['1'], [true], at);
    expect(crowd.appeal('0', '1', at)).toBeCloseTo(before + 2 * Math.log(2), 12);
    expect(crowd.appeal('0', '1', at + DAY)).toBeCloseTo(before + 2 * Math.log(1.5), 12);
    const rested = crowd.appeal('0', '2', at);
    crowd.remember('0', ['2', '2'], [false, false], at);
    expect(crowd.appeal('0', '2', at)).toBeCloseTo(rested - 1, 12);
    expect(crowd.appeal('0', '2', at + DAY)).toBeCloseTo(rested - 0.5, 12);
  });

  it('draws clicks as often as it says, without changing', () => {
    const crowd = new Crowd(new World());
    const slate = ['3', '4', '5'];
    const expected = crowd.clickProbabilities('2', slate, 0);
    const counts = [0, 0, 0];
    const n = 5000;
    for (let seed = 0; seed < n; seed++) {
      for (const [j, clicked] of crowd.answer('2', slate, 0, seed).entries()) {
        if (clicked) counts[j]! += 1;
      }
    }
    for (const [j, p] of expected.entries()) {
      expect(Math.abs(counts[j]! / n - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / n));
    }
    expect(crowd.clickProbabilities('2', slate, 0)).toEqual(expected);
  });
});

describe('the truth about slates', () => {
  const crowd = new Crowd(new World());
  const moment = { userId: '4', at: DAY, candidates: ['0', '1', '2', '3', '4'], k: 3 };
  const p = toProbabilities([0, 1, 2, 0.5, -1], { floor: 0.1 });

  it('knows the best slate: no other earns more', () => {
    const best = crowd.bestSlate(moment.userId, moment.candidates, 3, moment.at);
    expect(regret(crowd, moment, best)).toBe(0);
    for (const a of moment.candidates) {
      for (const b of moment.candidates) {
        for (const c of moment.candidates) {
          if (new Set([a, b, c]).size < 3) continue;
          expect(regret(crowd, moment, [a, b, c])).toBeGreaterThanOrEqual(-1e-12);
        }
      }
    }
  });

  it('values a distribution exactly: as the weighted sum over all slates, and as draws do', () => {
    let total = 0;
    let mass = 0;
    for (let a = 0; a < 5; a++) {
      for (let b = 0; b < 5; b++) {
        for (let c = 0; c < 5; c++) {
          if (new Set([a, b, c]).size < 3) continue;
          const weight = p[a]! * (p[b]! / (1 - p[a]!)) * (p[c]! / (1 - p[a]! - p[b]!));
          mass += weight;
          total += weight * crowd.expectedReward('4', [String(a), String(b), String(c)], DAY);
        }
      }
    }
    expect(mass).toBeCloseTo(1, 12);
    const exact = exactValue(crowd, moment, p);
    expect(exact).toBeCloseTo(total, 12);
    expect(Math.abs(sampledValue(crowd, moment, p, 4000, 1) - exact)).toBeLessThan(0.02);
  });
});

describe('visits', () => {
  it('come in order of time, in sessions a pause apart, with distinct candidates', () => {
    let before = { at: 0, userId: '' };
    let sessions = 0;
    for (const visit of visits(new World(), { requests: 300, candidates: 12 })) {
      expect(new Set(visit.candidates).size).toBe(12);
      const pause = visit.at - before.at;
      if (pause > 60_000) sessions += 1;
      else expect(visit.userId).toBe(before.userId);
      before = visit;
    }
    expect(sessions).toBeGreaterThan(60); // 1 to 5 requests each
    expect(sessions).toBeLessThan(160);
  });
});
