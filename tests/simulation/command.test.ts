import { spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';

function run(...args: string[]) {
  const argv = ['tests/simulation/main.ts', ...args];
  return spawnSync(process.execPath, argv, { encoding: 'utf8' });
}

it('says how many seeds failed, and which, on one line', () => {
  const { status, stdout } = run('--seeds', '3', '--from', '5', '--json');
  const { perMinute, ...verdict } = JSON.parse(stdout);
  expect(verdict).toEqual({ seeds: 3, failed: 0, failedSeeds: [] });
  expect(perMinute).toBeGreaterThan(30);
  expect(status).toBe(0);
});

it('ends with 1 where a seed fails, says what is wrong, and traces what happened', () => {
  const { status, stdout, stderr } = run(
    ...['--seed', '1', '--mutant', 'read-uncommitted', '--trace', '--json'],
  );
  expect(JSON.parse(stdout)).toMatchObject({ seeds: 1, failed: 1, failedSeeds: [1] });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^seed 1:\n(?: {2}.*\n)* {2}results of 0 \(/m);
  expect(stderr).toMatch(/^ +\d+\.\d{3} m\d\.1→\d produce /m);
});
