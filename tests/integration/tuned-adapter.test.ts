// An adapter that was tuned elsewhere comes by the topic of snapshots while reasons are asked for.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { readConfig } from '../../app/config/read.ts';
import { openLlm } from '../../app/llm.ts';
import { followAdapters } from '../../app/member.ts';
import { publishAdapter } from '../../app/tune/publish.ts';
import { writeAdapter } from '../../infra/llama/gguf/adapter.ts';
import { modelName } from '../../infra/llama/gguf/model-name.ts';
import { readGguf } from '../../infra/llama/gguf/read.ts';
import { newUser } from '../../models/user/track.ts';
import { explanations } from '../../schemas/topics/explanations.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { userStates } from '../../schemas/topics/user-state.ts';
import { explainEnricher } from '../../streams/enrichers/explain.ts';
import { impressionOf, itemOf } from '../support/events.ts';
import { describeOnInfra } from '../support/infra.ts';
import { modelFile as model, needModel } from '../support/model-file.ts';
import { testStreams } from '../support/streams.ts';

const FILMS = 60;
let scratch: string;
beforeAll(async () => {
  needModel();
  scratch = await mkdtemp(join(tmpdir(), 'millrace-tuned-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Adds the same to every token's logit but for rounding: it changes no probability much. */
async function adapterFile(): Promise<Buffer> {
  const { metadata, tensors } = await readGguf(model);
  const [width = 0, vocabulary = 0] = tensors.get('token_embd.weight')!.dims;
  const path = join(scratch, 'tuned.gguf');
  const matrices = { a: new Float32Array(width).fill(0.001), b: new Float32Array(vocabulary) };
  const shape = { rank: 1, width, vocabulary, alpha: 1 };
  const architecture = String(metadata.get('general.architecture'));
  await writeAdapter(
    path,
    { ...shape, ...matrices },
    { architecture, name: await modelName(model) },
  );
  return await readFile(path);
}

describeOnInfra('an adapter on the topic of snapshots', () => {
  it('is served from the next answers on, without a restart, until it is withdrawn', async () => {
    const streams = await testStreams();
    const films = Array.from({ length: FILMS }, (_, i) => itemOf(`i${i}`, ['Drama'], `Film ${i}`));
    const recent = [{ itemId: 'i0', at: 1, positive: true, value: 5 }];
    await streams.send([
      ...films.map((event) => ({ topic: items, event })),
      { topic: userStates, event: { ...newUser('u'), recent } },
    ]);
    const config = { ...readConfig({}), dataDir: scratch, partsDir: scratch };
    await using stack = new AsyncDisposableStack();
    const said: string[] = [];
    const refused: unknown[] = [];
    const log = pino({ level: 'error' }, { write: (line: string) => void refused.push(line) });
    const llm = await openLlm(config, model, ['explainer'], stack, {
      log,
      say: (line) => said.push(line),
    });
    const topology = {
      stages: [],
      enrichers: [explainEnricher(llm, { share: { llm: 1, fast: 1 } })],
    };
    await using pipeline = streams.pipeline(topology);
    followAdapters(llm, pipeline);
    await pipeline.start();

    let shown = 0;
    /** One more reason, of a film that had none. */
    const next = async () => {
      const itemId = `i${1 + shown++}`;
      const slate = impressionOf(`s${shown}`, 'u', 7, [itemId], {
        servedBy: 'served',
        tier: 'llm',
      });
      await streams.send([{ topic: impressions, event: slate }]);
      for (;;) {
        const made = await streams.committed(explanations);
        const one = made.find((reason) => reason.impressionId === slate.impressionId);
        if (one) return one;
        await sleep(50);
      }
    };
    const name = await modelName(model);
    /** Reasons until one was made with the adapter wanted; those before were answered, too. */
    const until = async (adapter: number) => {
      for (;;) {
        const reason = await next();
        expect(reason.model).toBe(name);
        if (reason.adapter === adapter) return;
        await sleep(500);
      }
    };

    await until(0);
    const bytes = await adapterFile();
    await publishAdapter(streams, 'another-model', 9, bytes);
    await publishAdapter(streams, name, 3, bytes);
    await until(3);
    // What does not fit is refused, and the one before stays.
    await publishAdapter(streams, name, 4, Buffer.from('no adapter'));
    while (refused.length === 0) await next();
    expect(String(refused)).toContain('"version":4');
    await until(3);
    await publishAdapter(streams, name, 5, new Uint8Array());
    await until(0);
    expect(said.map((line) => line.replace(/^.* answers/, 'answers'))).toEqual([
      'answers with adapter 3',
      'answers with no adapter',
    ]);
    expect(llm.schedulers('explainer').queue.metrics.shed).toBe(0);
  }, 240_000);
});
