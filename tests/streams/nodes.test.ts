// Equal hashes are promised on every Node that is let in. What the oldest of them makes of the recorded
// histories is what was recorded, to the byte; its numbers are those of this Node.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { mathBits } from '../support/math-bits.ts';
import { oldestNode, otherNode } from '../support/other-node.ts';

const script = fileURLToPath(new URL('../support/replay-recordings.ts', import.meta.url));
const { path, why } = otherNode();
const itThere = path === undefined ? it.skip : it;

itThere(
  `Node ${oldestNode} makes the bytes that were recorded${why && ` (skipped: ${why})`}`,
  () => {
    const env = { ...process.env, NODE_OPTIONS: '' };
    const { stdout, stderr } = spawnSync(path!, [script], { encoding: 'utf8', env });
    const found = JSON.parse(stdout || `{ "failed": ${JSON.stringify(stderr)} }`);
    expect(found).toEqual({
      node: expect.stringMatching(/^v22\./),
      recordings: expect.any(Number),
      differences: [],
      bits: mathBits(),
    });
    expect(found.recordings).toBeGreaterThan(0);
    expect(process.version).not.toBe(found.node);
  },
  120_000,
);
