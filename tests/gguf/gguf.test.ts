// GGUF files read and written: round trips, an untied copy, and what is refused.
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  checkAdapter,
  type OutputAdapter,
  readAdapter,
  writeAdapter,
} from '../../infra/llama/gguf/adapter.ts';
import { type GgufTensor, TENSOR, tensorBytes } from '../../infra/llama/gguf/layout.ts';
import { modelName } from '../../infra/llama/gguf/model-name.ts';
import { readGguf, readTensor } from '../../infra/llama/gguf/read.ts';
import { matrixRows } from '../../infra/llama/gguf/rows.ts';
import { untied } from '../../infra/llama/gguf/untied.ts';
import {
  type Entry,
  encodeHead,
  encodeMetadata,
  writeWhole,
} from '../../infra/llama/gguf/write.ts';

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-gguf-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Part {
  name: string;
  dims: number[];
  type: number;
  data: Uint8Array;
}

const floats = (values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

async function write(name: string, entries: Entry[], parts: Part[]): Promise<string> {
  let offset = 0;
  const infos: GgufTensor[] = parts.map(({ data, ...info }) => {
    const tensor = { ...info, offset };
    offset += Math.ceil(data.length / 32) * 32;
    return tensor;
  });
  const head = encodeHead({ bytes: encodeMetadata(entries), count: entries.length }, infos, 32);
  await writeWhole(at(name), async (file) => {
    await file.write(head);
    for (const [i, { data }] of parts.entries()) {
      await file.write(data, 0, data.length, head.length + infos[i]!.offset);
    }
  });
  return at(name);
}

/** Two norms and tied embeddings of four tokens, width three. */
const model = (name: string) =>
  write(
    name,
    [
      ['general.architecture', { string: 'llama' }],
      ['llama.eps', { float32: 0.5 }],
    ],
    [
      {
        name: 'token_embd.weight',
        dims: [3, 4],
        type: TENSOR.f32,
        data: floats([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
      },
      { name: 'output_norm.weight', dims: [3], type: TENSOR.f32, data: floats([1, 1, 2]) },
    ],
  );

const adapter = (changed: Partial<OutputAdapter> = {}): OutputAdapter => ({
  rank: 2,
  width: 3,
  vocabulary: 4,
  alpha: 4,
  a: Float32Array.of(1, 2, 3, 4, 5, 6),
  b: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  ...changed,
});

const refused = (code: string, words: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(words) });

describe('a GGUF file', () => {
  it('is read as it was written', async () => {
    const gguf = await readGguf(await model('model.gguf'));
    expect(gguf.metadata).toEqual(
      new Map<string, unknown>([
        ['general.architecture', 'llama'],
        ['llama.eps', 0.5],
      ]),
    );
    expect([...gguf.tensors.keys()]).toEqual(['token_embd.weight', 'output_norm.weight']);
    expect(gguf.dataStart % 32).toBe(0);
    expect(await readTensor(gguf, 'output_norm.weight')).toEqual(Buffer.from(floats([1, 1, 2])));
    const rows = await matrixRows(gguf, 'token_embd.weight');
    const two = new Float64Array(6);
    rows.read(1, 3, two);
    expect([...two]).toEqual([4, 5, 6, 7, 8, 9]);
  });

  it('becomes an untied copy with the same data and an output matrix', async () => {
    const source = await readGguf(await model('tied.gguf'));
    const copy = await readGguf(await untied(source.path, at('untied')));
    const name = await modelName(source.path);
    expect([...copy.metadata]).toEqual([...source.metadata, ['millrace.model', name]]);
    expect(await modelName(copy.path)).toBe(name);
    const names = ['token_embd.weight', 'output_norm.weight', 'output.weight'];
    expect([...copy.tensors.keys()]).toEqual(names);
    for (const tensor of source.tensors.keys()) {
      expect(await readTensor(copy, tensor)).toEqual(await readTensor(source, tensor));
    }
    const output = await readTensor(copy, 'output.weight');
    expect(output).toEqual(await readTensor(source, 'token_embd.weight'));
    // One that has its own is used as it is, and a copy that is there is not made again.
    expect(await untied(copy.path, at('never'))).toBe(copy.path);
    await writeFile(copy.path, 'there');
    expect(await untied(source.path, at('untied'))).toBe(copy.path);
  });

  it('reads quantised rows as by hand', async () => {
    // Q8_0: d = 0.5 (half 0x3800), q = −16 … 15.
    const q8 = Uint8Array.from([0x00, 0x38, ...Array.from({ length: 32 }, (_, i) => i - 16)]);
    // Q6_K: d = 1 (half 0x3c00), scales 1 … 16; element 0 has q = 63 (all six bits), element 33 q = 18
    // (low nibble 2, high bits 01), the rest q = 0.
    const q6 = new Uint8Array(210);
    q6[0] = 0x0f;
    q6[33] = 0x02;
    q6[128] = 0b11;
    q6[129] = 0b0100;
    for (let i = 0; i < 16; i++) q6[192 + i] = i + 1;
    q6[209] = 0x3c;
    const path = await write(
      'quantised.gguf',
      [],
      [
        { name: 'q8', dims: [32, 1], type: TENSOR.q8_0, data: q8 },
        { name: 'q6', dims: [256, 1], type: TENSOR.q6_k, data: q6 },
        {
          name: 'half',
          dims: [3, 1],
          type: TENSOR.f16,
          data: Uint8Array.of(0, 0x3c, 0, 0xc0, 1, 0),
        },
      ],
    );
    const gguf = await readGguf(path);
    const read = async (name: string, width: number) => {
      const into = new Float64Array(width);
      (await matrixRows(gguf, name)).read(0, 1, into);
      return [...into];
    };
    expect(await read('q8', 32)).toEqual(Array.from({ length: 32 }, (_, i) => 0.5 * (i - 16)));
    const expected = Array.from({ length: 256 }, (_, i) => -32 * ((i >> 4) + 1));
    expected[0] = 63 - 32;
    expected[33] = 3 * (18 - 32);
    expect(await read('q6', 256)).toEqual(expected);
    expect(await read('half', 3)).toEqual([1, -2, 2 ** -24]);
    await expect(matrixRows(await readGguf(await model('m.gguf')), 'none')).rejects.toEqual(
      refused('gguf-invalid', /no tensor none/),
    );
  });

  it('is refused when it is bad', async () => {
    const good = await readFile(await model('good.gguf'));
    const spoiled = async (name: string, bytes: Buffer) => {
      await writeFile(at(name), bytes);
      return readGguf(at(name));
    };
    const changed = (change: (bytes: Buffer) => void) => {
      const bytes = Buffer.from(good);
      change(bytes);
      return bytes;
    };
    await expect(readGguf(at('missing.gguf'))).rejects.toEqual(refused('gguf-invalid', /ENOENT/));
    const cases: [RegExp, Buffer][] = [
      [/letters GGUF/, Buffer.from('not a model, but long enough to be one')],
      [/version 1/, changed((bytes) => bytes.writeUInt32LE(1, 4))],
      [/ends before its head/, good.subarray(0, 60)],
      [/ends before its head/, changed((bytes) => bytes.writeBigUInt64LE(1n << 40n, 24))],
      [/counts/, changed((bytes) => bytes.writeBigUInt64LE(1n << 60n, 8))],
      [/ends before its tensor/, good.subarray(0, good.length - 4)],
      [/value of type 77/, changed((bytes) => bytes.writeUInt32LE(77, 24 + 8 + 20))],
    ];
    for (const [i, [words, bytes]] of cases.entries()) {
      await expect(spoiled(`bad-${i}.gguf`, bytes)).rejects.toEqual(refused('gguf-invalid', words));
    }
  });

  it('knows the bytes of tensors', () => {
    expect(tensorBytes({ dims: [576, 49_152], type: TENSOR.q8_0 })).toBe(30_081_024);
    expect(tensorBytes({ dims: [576, 2], type: TENSOR.q6_k })).toBeUndefined(); // no whole blocks
    expect(tensorBytes({ dims: [32], type: 99 })).toBeUndefined();
  });
});

describe('an adapter', () => {
  it('is read as it was written', async () => {
    await writeAdapter(at('a.gguf'), adapter(), { architecture: 'llama', name: 'm@1' });
    expect(await readAdapter(at('a.gguf'))).toEqual(adapter());
    const { metadata } = await readGguf(at('a.gguf'));
    expect(metadata.get('general.type')).toBe('adapter');
    expect(metadata.get('adapter.type')).toBe('lora');
    expect(metadata.get('millrace.model')).toBe('m@1');
  });

  it('is refused when it does not fit, before the engine sees it', async () => {
    const gguf = await readGguf(await untied(await model('base.gguf'), at('base-untied')));
    const base = await modelName(at('base.gguf'));
    const check = async (
      name: string,
      given: OutputAdapter,
      { architecture = 'llama', of = base } = {},
    ) => {
      await writeAdapter(at(name), given, { architecture, name: of });
      return checkAdapter(at(name), gguf, base);
    };
    await expect(check('fits.gguf', adapter())).resolves.toBeUndefined();
    const tied = await readGguf(at('base.gguf'));
    const no = (words: RegExp) => refused('adapter-mismatch', words);
    await expect(checkAdapter(at('fits.gguf'), tied, base)).rejects.toEqual(no(/of its own/));
    await expect(check('gpt.gguf', adapter(), { architecture: 'gpt2' })).rejects.toEqual(
      no(/architecture/),
    );
    // Another model's, of the same file name and shapes.
    const other = check('other.gguf', adapter(), { of: 'base@000000000000' });
    await expect(other).rejects.toEqual(no(/made for the model base@0/));
    // Transposed: as many numbers, in [vocabulary × …] where [width × …] belongs.
    const transposed = adapter({
      width: 4,
      vocabulary: 3,
      a: new Float32Array(8),
      b: new Float32Array(6),
    });
    await expect(check('transposed.gguf', transposed)).rejects.toEqual(no(/do not fit together/));
    await expect(checkAdapter(at('base.gguf'), gguf, base)).rejects.toEqual(no(/LoRA/));
    await expect(check('short.gguf', adapter({ a: new Float32Array(5) }))).rejects.toEqual(
      no(/5 and 8/),
    );
    const half = await write(
      'half-of-it.gguf',
      [
        ['general.type', { string: 'adapter' }],
        ['adapter.type', { string: 'lora' }],
        ['general.architecture', { string: 'llama' }],
        ['adapter.lora.alpha', { float32: 1 }],
      ],
      [
        {
          name: 'output.weight.lora_a',
          dims: [3, 2],
          type: TENSOR.f32,
          data: floats([1, 2, 3, 4, 5, 6]),
        },
      ],
    );
    await expect(checkAdapter(half, gguf, base)).rejects.toEqual(no(/both halves/));
    await expect(readAdapter(half)).rejects.toEqual(no(/on the output matrix/));
  });
});

describe('the name of a model', () => {
  it('tells two files of one base name apart, and is the same in any folder', async () => {
    const first = await model('model.gguf');
    await mkdir(at('elsewhere'));
    await copyFile(first, at('elsewhere/model.gguf'));
    const name = await modelName(first);
    expect(name).toMatch(/^model@[0-9a-f]{12}$/);
    expect(await modelName(at('elsewhere/model.gguf'))).toBe(name);
    const bytes = await readFile(first);
    bytes[bytes.length - 20]! ^= 1;
    await writeFile(at('elsewhere/model.gguf'), bytes);
    expect(await modelName(at('elsewhere/model.gguf'))).toMatch(/^model@/);
    expect(await modelName(at('elsewhere/model.gguf'))).not.toBe(name);
  });
});
