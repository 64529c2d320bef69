// `node bench/profile.ts FILE`: where the time of a CPU profile went, by part and by function. Profiles
// come from `npm run bench:streams -- --only ours --cpu-prof DIR`.
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { z } from 'zod';

const profileShape = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    }),
  ),
  samples: z.array(z.number()),
  /** Time between samples, µs. */
  timeDeltas: z.array(z.number()),
});

type Frame = z.infer<typeof profileShape>['nodes'][number]['callFrame'];

/** The part of the program that a frame belongs to: a file of ours, a package, Node, the engine. */
function partOf({ url, functionName, lineNumber }: Frame): string {
  // Only generated code has lines and no file: the encoders and decoders that avsc makes of schemas.
  if (url === '' && lineNumber >= 0) return 'avsc';
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)';
  if (url.startsWith('node:')) return 'node';
  const path = url.replace(/^file:\/\//, '');
  const packaged = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path);
  if (packaged) return packaged[1]!;
  return path.split('/').slice(-3).join('/');
}

function nameOf(frame: Frame): string {
  return `${frame.functionName || '(anonymous)'}  ${partOf(frame)}:${frame.lineNumber + 1}`;
}

/** Time by name, the most first, as shares of the busy time. */
function ranked(times: ReadonlyMap<string, number>, busy: number, most: number): string {
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([name, time]) => `${((100 * time) / busy).toFixed(1).padStart(5)} %  ${name}`)
    .join('\n');
}

const program = new Command('profile')
  .description('Self time of a CPU profile by part and by function; idle time is left out.')
  .argument('<file>', 'a .cpuprofile')
  .option('--functions <n>', 'how many functions', '25')
  .parse();

const profile = profileShape.parse(JSON.parse(readFileSync(program.args[0]!, 'utf8')));
const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
const byPart = new Map<string, number>();
const byFunction = new Map<string, number>();
let busy = 0;
for (const [i, id] of profile.samples.entries()) {
  const frame = frames.get(id)!;
  const time = profile.timeDeltas[i] ?? 0;
  if (frame.functionName === '(idle)') continue;
  busy += time;
  byPart.set(partOf(frame), (byPart.get(partOf(frame)) ?? 0) + time);
  byFunction.set(nameOf(frame), (byFunction.get(nameOf(frame)) ?? 0) + time);
}
process.stdout.write(`${(busy / 1e6).toFixed(2)} s of CPU on this thread\n\n`);
process.stdout.write(`${ranked(byPart, busy, 20)}\n\n`);
process.stdout.write(`${ranked(byFunction, busy, Number(program.opts().functions))}\n`);
