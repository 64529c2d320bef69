// `millrace tune`: an adapter on the language model's output, tuned by reward on reasons for suggestions.
import '../../streams/engine/disposable-stack.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../../app/config/read.ts';
import { type Logs, openLogs } from '../../app/log.ts';
import { movielensSample } from '../../app/sample.ts';
import { untilSignal } from '../../app/signals.ts';
import { connectStreams, findStreams } from '../../app/streams.ts';
import { publishAdapter } from '../../app/tune/publish.ts';
import { reasonTasks } from '../../app/tune/tasks.ts';
import { roleModel } from '../../infra/embedded/role-model.ts';
import { modelName } from '../../infra/llama/gguf/model-name.ts';
import { readGguf } from '../../infra/llama/gguf/read.ts';
import { matrixRows } from '../../infra/llama/gguf/rows.ts';
import { OUTPUT, untied } from '../../infra/llama/gguf/untied.ts';
import { localFile } from '../../infra/llama/open.ts';
import { openLlamaProcess } from '../../infra/llama/process.ts';
import { Tuner, type Version } from '../../infra/llama/tuner.ts';
import { REASON_STOP } from '../../models/llm/reasons.ts';
import type { CommandContext } from './context.ts';
import { above0, whole } from './numbers.ts';

/** Longest text of a prompt with its answer, tokens. */
const CONTEXT = 256;

interface Flags {
  rounds: number;
  steps: number;
  prompts: number;
  group: number;
  heldOut: number;
  rate: number;
  temperature: number;
  publish?: boolean;
  withdraw?: boolean;
  json?: boolean;
}

export function defineTune(command: Command, { config }: CommandContext): void {
  command
    .option('--rounds <n>', 'versions to try; each is validated, and kept or rolled back', whole, 6)
    .option('--steps <n>', 'of a version', whole, 2)
    .option('--prompts <n>', 'in a step', whole, 6)
    .option('--group <n>', 'texts of a prompt', whole, 6)
    .option('--held-out <n>', 'prompts of other users, to validate on', whole, 16)
    .option('--rate <length>', 'of a step in the parameters', above0, 0.7)
    .option('--temperature <t>', 'that texts are drawn at', above0, 0.7)
    .option('--publish', 'put the versions that are kept in service, by the topic snapshots')
    .option('--withdraw', 'do nothing but take the adapter out of service')
    .option('--json', 'one line on stdout, everything else on stderr')
    .addHelpText('after', '\nWhat is learned and how it is judged: docs/llm.md')
    .action(async (flags: Flags) => {
      const settings = config();
      const logs = openLogs(settings.dataDir);
      const signal = untilSignal();
      const named = await roleModel('explainer', settings, logs.say);
      const file = await localFile(named, join(settings.partsDir, 'models'));
      const name = await modelName(file);
      const folder = join(settings.dataDir, 'adapters', name);
      if (flags.withdraw) {
        const none = new Uint8Array();
        await publish(name, nextVersion(folder), none, settings, logs);
        return;
      }
      const path = await untied(file, join(settings.partsDir, 'models', 'untied'), name);
      const gguf = await readGguf(path);
      const scratch = join(settings.dataDir, 'tune');
      const count = { training: 400, heldOut: flags.heldOut };
      await using model = await openLlamaProcess({ model: path, contextTokens: CONTEXT });
      const tuner = new Tuner({
        model,
        rows: await matrixRows(gguf, OUTPUT),
        architecture: String(gguf.metadata.get('general.architecture')),
        folder,
        first: nextVersion(folder),
        ...(await reasonTasks(movielensSample, scratch, count, settings.seed)),
        every: flags.steps,
        prompts: flags.prompts,
        group: flags.group,
        rate: flags.rate,
        temperature: flags.temperature,
        stop: REASON_STOP,
        maxTokens: 20,
        seed: settings.seed,
      });
      logs.say(`Held-out reward without an adapter: ${(await tuner.begin()).toFixed(3)}`);
      const versions: Version[] = [];
      for (let round = 0; round < flags.rounds && !signal.aborted; round++) {
        const version = await tuner.advance();
        versions.push(version);
        logs.say(lineOf(version));
        if (!version.kept || !flags.publish) continue;
        await publish(model.name, version.version, readFileSync(version.path), settings, logs);
      }
      const result = { model: model.name, before: tuner.before, after: tuner.best, versions };
      const text = flags.json
        ? JSON.stringify(result)
        : `reward on held-out prompts: ${tuner.before.toFixed(3)} before, ${tuner.best.toFixed(3)} after (version ${model.adapter})`;
      process.stdout.write(`${text}\n`);
    });
}

/**
 * Publishes an adapter through the broker that is given or runs on the data directory, else through
 * one started for it.
 */
async function publish(
  model: string,
  version: number,
  bytes: Uint8Array,
  config: Config,
  logs: Logs,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const addresses = await findStreams(config, logs, stack);
  await publishAdapter(await connectStreams(config, addresses, logs), model, version, bytes);
}

function lineOf({ version, reward, kept, trained, divergence }: Version): string {
  const figures = `${reward.toFixed(3)} on held-out prompts, ${trained.toFixed(3)} on its own`;
  const fate = kept ? 'kept' : 'rolled back';
  return `Version ${version}: ${figures}, ${divergence.toFixed(3)} nats a token away: ${fate}`;
}

/**
 * Number of the next version. Files are never written twice, since the engine and the readers of
 * `snapshots` know them by version.
 */
function nextVersion(folder: string): number {
  try {
    const numbers = readdirSync(folder).map((name) =>
      Number(/^adapter-(\d+)\.gguf$/.exec(name)?.[1]),
    );
    return 1 + Math.max(0, ...numbers.filter(Number.isFinite));
  } catch {
    return 1;
  }
}
