import { join } from 'node:path';
import { appendFileSync } from 'node:fs';
import { openLlama } from './infra/llama/open.ts';
import { VectorFile } from './infra/llama/vector-file.ts';
import { ITEM_PROMPT, itemPrompt } from './models/llm/prompts.ts';
import { VectorIndex } from './models/text/similarity.ts';
import { choicesIn, ranksOf, rankRows } from './bin/evaluate/explanations/next-liked.ts';
const n = Number(process.argv[2]);
const parts = process.env.MILLRACE_PARTS!;
await using model = await openLlama({ model: join(parts, 'models/SmolLM2-135M-Instruct.Q4_1.gguf'), gpu: false, threads: 1, contextTokens: 512 });
const data = await choicesIn('data/movielens-small', n, 1);
const file = await VectorFile.open(join(parts, 'vectors'), model);
const index = new VectorIndex(model.width);
for (const c of data.choices) for (const id of [...c.history.slice(-20), ...c.candidates]) { if (index.has(id)) continue; const i = data.items.get(id)!; index.add(id, await file.vector(ITEM_PROMPT, itemPrompt(i.text || i.title))); }
console.log('vectors', index.size, 'asked', file.asked);
const t = performance.now();
await ranksOf(data, model, index, (done, ranks) => { if (done % 10 === 0) console.log(done, Math.round((performance.now()-t)/1000), rankRows(ranks).filter(r=>r.metric==='NDCG@10').map(r=>`${r.model} ${r.value.toFixed(3)}±${r.standardError!.toFixed(3)}`).join(' | ')); });
