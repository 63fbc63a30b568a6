// Forgeries of runs: each is one change to a copy of an honest run, with or without all hashes and signatures made again. States the
// result that an audit must give that replays everything, or the named part.

import { appendFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { forge } from '../../src/audit/testing/forge.ts';
import { plant } from '../../src/audit/testing/forger.ts';
import { changeTensor, checkpointOf, readState, redoEvidence, writeState } from '../../src/audit/testing/run.ts';
import type { CheckName, Verdict } from '../../src/audit/types.ts';
import { Tokenizer, trainTokenizer } from '../../src/foundry/tokenizer/index.ts';
import {
  bits32,
  bits64,
  digestOfFile,
  parentOf,
  REFERENCES,
  readStatement,
  type Signer,
  START,
  type Subject,
  signStatement,
} from '../../src/ledger/index.ts';

/** The runs that forgeries change; all have 8 steps and keep a state every second step. */
export interface Scene {
  /** A copy of an honest run. */
  run: string;
  /** The same recipe with another seed. */
  other: string;
  signer: Signer;
  /** Another signer. */
  stranger: Signer;
}

export interface Deed {
  name: string;
  verdict: Exclude<Verdict, 'holds'>;
  /** The check that must find it first, where that matters. */
  check?: CheckName;
  /** Recipe of the changed run: an architecture with AdamW, Llama with Muon, or a run with a parent, and one with more entries than that; Llama by default. */
  recipe?: 'llama' | 'qwen2' | 'qwen3' | 'muon' | 'child' | 'grown';
  do(scene: Scene): void | Promise<void>;
  /** Only this segment is trained again, from 1. */
  segment?: number;
  /** Fingerprint that the auditor expects of the maker. */
  maker?: (scene: Scene) => string;
}

const LAST = 8;
const UP = 'model.layers.1.mlp.up_proj.weight';
const V_BIAS = 'model.layers.1.self_attn.v_proj.bias';
const K_NORM = 'model.layers.0.self_attn.k_norm.weight';
const UP_MOMENTUM = `muon.momentum_buffer.${UP}`;

/** Changes the text of a file. */
export const edit = (path: string, change: (text: string) => string): void => {
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`nothing changed in ${path}`);
  writeFileSync(path, after);
};

/** Exchanges the ids of two entries of a run's tokenizer. */
function exchange(run: string, a: number, b: number): void {
  const path = join(run, 'tokenizer/tokenizer.json');
  const spelled = Tokenizer.load(path).spelledTokens();
  const [first, second] = [a, b].map((id) => `${JSON.stringify(spelled[id])}: `);
  edit(path, (text) => text.replace(`${first}${a},`, `${first}${b},`).replace(`${second}${b},`, `${second}${a},`));
}

/** Changes one bit of the last number of a file. */
function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 3]! ^= 1;
  writeFileSync(path, bytes);
}

const parentOfRun = (run: string): { seal: string; weights: string } => {
  const parent = parentOf(readStatement(join(run, 'genesis.json'), 'genesis').predicate.commitment);
  if (!parent || !('seal' in parent)) throw new Error(`${run} has no run as parent`);
  return parent;
};

const real = (bits: unknown): number => Buffer.from(String(bits), 'hex').readDoubleBE();

/** The signature of a statement in its other form: n - s instead of s. */
function highS(path: string): void {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const envelope = JSON.parse(readFileSync(path, 'utf8'));
  const sig = Buffer.from(envelope.signatures[0].sig, 'base64');
  const rEnd = 4 + sig[3]!;
  const s = order - BigInt(`0x${sig.toString('hex', rEnd + 2)}`);
  let body = Buffer.from(s.toString(16).padStart(64, '0'), 'hex');
  if (body[0]! >= 0x80) body = Buffer.concat([Buffer.from([0]), body]);
  const inner = Buffer.concat([sig.subarray(2, rEnd), Buffer.from([2, body.length]), body]);
  envelope.signatures[0].sig = Buffer.concat([Buffer.from([0x30, inner.length]), inner]).toString('base64');
  writeFileSync(path, `${JSON.stringify(envelope)}\n`);
}

const swapBatches = (records: { [key: string]: unknown }[]): void => {
  [records[4]!.batch, records[5]!.batch] = [records[5]!.batch, records[4]!.batch];
};

/** Signs the statement of a kind again with other sizes; for genesis, the seal too. */
export function resize(
  run: string,
  signer: Signer,
  kind: 'genesis' | 'seal',
  change: (sizes: Map<string, number>) => void,
): void {
  const sign = (name: 'genesis' | 'seal', sizes: ReadonlyMap<string, number>): void => {
    const path = join(run, `${name}.json`);
    const { subjects, predicate } = readStatement(path, name);
    const list = [...subjects].map(([what, digest]): Subject => [what, digest, sizes.get(what)]);
    const genesis = name === 'seal' ? { genesis: digestOfFile(join(run, 'genesis.json')) } : {};
    writeFileSync(path, signStatement(name, list, { ...predicate, ...genesis } as never, signer));
  };
  const sizes = new Map(readStatement(join(run, `${kind}.json`), kind).sizes);
  change(sizes);
  sign(kind, sizes);
  if (kind === 'genesis') sign('seal', readStatement(join(run, 'seal.json'), 'seal').sizes);
}

/** Seals the files of model/ as they are. */
export function reseal(run: string, signer: Signer): void {
  const { subjects, predicate } = readStatement(join(run, 'seal.json'), 'seal');
  const list = [...subjects].map(([name, digest]): Subject => {
    const path = join(run, name);
    return name === 'state' ? [name, digest] : [name, digestOfFile(path), readFileSync(path).length];
  });
  writeFileSync(join(run, 'seal.json'), signStatement('seal', list, predicate, signer));
}

export const DEEDS: readonly Deed[] = [
  // Files changed, nothing made again.
  { name: 'a byte of a state', verdict: 'refuted', do: ({ run }) => changeTensor(run, 4, UP, (w) => w.fill(0, 0, 1)) },
  {
    name: 'a digit of a link',
    verdict: 'refuted',
    do: ({ run }) =>
      edit(join(run, 'transcript.jsonl'), (t) => t.replace(/"link":"./, (x) => `"link":"${x.endsWith('0') ? 1 : 0}`)),
  },
  {
    name: 'the last record left out',
    verdict: 'refuted',
    do: ({ run }) => edit(join(run, 'transcript.jsonl'), (text) => text.replace(/[^\n]*\n$/, '')),
  },
  {
    name: 'a space in a signed envelope',
    verdict: 'refuted',
    do: ({ run }) => edit(join(run, 'seal.json'), (text) => text.replace(':', ': ')),
  },
  {
    name: 'the other form of a signature',
    verdict: 'refuted',
    do: ({ run }) => highS(join(run, 'genesis.json')),
  },
  {
    name: 'a file beside the model that nobody sealed',
    verdict: 'refuted',
    do: ({ run }) => writeFileSync(join(run, 'model/adapter.bin'), 'x'),
  },
  {
    name: 'another last token',
    verdict: 'refuted',
    do: ({ run }) => {
      const path = join(run, 'corpus/source-00.train.bin');
      const bytes = readFileSync(path);
      bytes[bytes.length - 2]! ^= 1;
      writeFileSync(path, bytes);
    },
  },
  // Missing files.
  { name: 'no seal', verdict: 'incomplete', do: ({ run }) => rmSync(join(run, 'seal.json')) },
  { name: 'no genesis', verdict: 'incomplete', do: ({ run }) => rmSync(join(run, 'genesis.json')) },
  {
    name: 'a kept state withheld',
    verdict: 'incomplete',
    do: ({ run }) => rmSync(checkpointOf(run, 4), { recursive: true }),
  },
  { name: 'no texts', verdict: 'incomplete', do: ({ run }) => rmSync(join(run, 'corpus/source-01.train.jsonl')) },
  { name: 'no tokens', verdict: 'incomplete', do: ({ run }) => rmSync(join(run, 'corpus/source-01.train.bin')) },
  // The beginning, with everything made again.
  {
    name: 'another seed than the one that was drawn from',
    verdict: 'refuted',
    do: ({ run, signer }) => {
      edit(join(run, 'recipe.yaml'), (text) => text.replace('seed: 1377', 'seed: 4711'));
      redoEvidence(run, signer, { commitment: { seed: (4711).toString(16).padStart(16, '0') } });
    },
  },
  {
    name: "another run's weights at the first kept state",
    verdict: 'refuted',
    do: ({ run, other, signer }) => {
      cpSync(checkpointOf(other, 2), checkpointOf(run, 2), { recursive: true });
      redoEvidence(run, signer);
    },
  },
  {
    name: 'a tokenizer of other texts',
    verdict: 'refuted',
    do: async ({ run, signer }) => {
      const path = join(run, 'tokenizer/tokenizer.json');
      const vocabSize = Object.keys(JSON.parse(readFileSync(path, 'utf8')).model.vocab).length;
      const text = 'something else altogether, something else, quite something '.repeat(60);
      writeFileSync(path, (await trainTokenizer([{ text, weight: 1 }], { vocabSize })).toJson());
      redoEvidence(run, signer);
    },
  },
  {
    name: 'a letter of a training text',
    verdict: 'refuted',
    do: ({ run, signer }) => {
      edit(join(run, 'corpus/source-00.train.jsonl'), (text) => text.replace(/(?<="text":"[^"]*)[a-p]/, 'q'));
      redoEvidence(run, signer);
    },
  },
  {
    name: 'tokens of another text',
    verdict: 'refuted',
    do: ({ run, signer }) => {
      const path = join(run, 'corpus/source-01.train.bin');
      const bytes = readFileSync(path);
      bytes.writeUInt16LE(bytes.readUInt16LE(200) === 70 ? 71 : 70, 200);
      writeFileSync(path, bytes);
      redoEvidence(run, signer);
    },
  },
  {
    name: 'a recipe in another spelling',
    verdict: 'refuted',
    do: ({ run, signer }) => {
      appendFileSync(join(run, 'recipe.yaml'), '# nothing\n');
      redoEvidence(run, signer);
    },
  },
  {
    name: 'a source weighed otherwise than the recipe says',
    verdict: 'refuted',
    do: ({ run, signer }) => {
      edit(join(run, 'recipe.yaml'), (text) => text.replace('weight: 2.5', 'weight: 1'));
      edit(join(run, 'corpus/manifest.json'), (text) => text.replace('"weight": 2.5', '"weight": 1'));
      redoEvidence(run, signer);
    },
  },
  {
    name: 'signed by a stranger, where the maker is known',
    verdict: 'refuted',
    maker: ({ signer }) => signer.fingerprint,
    do: ({ run, stranger }) => redoEvidence(run, stranger),
  },
  {
    name: 'a shorter list of states that stay',
    verdict: 'refuted',
    do: ({ run, signer }) => {
      rmSync(checkpointOf(run, 4), { recursive: true });
      redoEvidence(run, signer, { commitment: { kept: [2, 6, 8] } });
    },
  },
  // The schedule, with everything made again.
  {
    name: 'another learning rate',
    verdict: 'refuted',
    do: ({ run, signer }) =>
      redoEvidence(run, signer, {
        records: (records) => {
          records[6]!.learningRate = bits32(0.0021);
        },
      }),
  },
  {
    name: 'two batches exchanged',
    verdict: 'refuted',
    do: ({ run, signer }) => redoEvidence(run, signer, { records: swapBatches }),
  },
  // States, with everything made again.
  {
    name: 'a matrix of another run in the middle',
    verdict: 'refuted',
    do: ({ run, other, signer }) => {
      const { data } = readState(other, 4).find((tensor) => tensor.name === UP)!;
      changeTensor(run, 4, UP, (values) => values.set(new Float32Array(data.buffer)));
      redoEvidence(run, signer);
    },
  },
  {
    name: 'moments of zero',
    verdict: 'refuted',
    do: ({ run, signer }) => {
      const tensors = readState(run, 6);
      for (const { name, data } of tensors) if (name.startsWith('adamw.')) data.fill(0);
      writeState(run, 6, tensors);
      redoEvidence(run, signer);
    },
  },
  {
    name: 'the last bit of one final weight',
    verdict: 'refuted',
    do: ({ run, signer }) => {
      changeTensor(run, LAST, UP, (values) => {
        new Uint32Array(values.buffer)[7]! ^= 1;
      });
      redoEvidence(run, signer);
    },
  },
  // Changes that only replay finds, with everything made again.
  {
    name: 'a loss, by one part in 10^15',
    verdict: 'refuted',
    do: ({ run, signer }) =>
      redoEvidence(run, signer, {
        records: (records) => {
          records[4]!.loss = bits64(real(records[4]!.loss) * (1 + 2 ** -50));
        },
      }),
  },
  {
    name: 'the last segment on other batches',
    verdict: 'refuted',
    do: ({ run, signer }) => forge(run, signer, [{ from: 6, to: LAST, batches: 99n }]),
  },
  {
    name: 'the last segment on other batches, recorded as they were',
    verdict: 'refuted',
    do: ({ run, signer }) => forge(run, signer, [{ from: 6, to: LAST, batches: 99n, recordsSchedule: true }]),
  },
  {
    name: 'the last segment without weight decay',
    verdict: 'refuted',
    do: ({ run, signer }) => forge(run, signer, [{ from: 6, to: LAST, train: { weightDecay: 0 } }]),
  },
  {
    name: 'a segment without weight decay, its losses as they were, an honest one after it',
    verdict: 'refuted',
    do: ({ run, signer }) =>
      forge(run, signer, [
        { from: 2, to: 4, train: { weightDecay: 0 }, keepsLosses: true },
        { from: 4, to: LAST, keepsLosses: true },
      ]),
  },
  // Changes that version 1's audit accepted, with everything made again.
  {
    name: 'weights planted in the middle, with honest speed and heading',
    verdict: 'refuted',
    check: 'replay',
    do: ({ run, signer }) => plant(run, signer, { segments: new Set([1]), seed: 1, careful: true }),
  },
  {
    name: 'weights planted in the middle, to the end of the bound',
    verdict: 'refuted',
    do: ({ run, signer }) => plant(run, signer, { segments: new Set([1]), seed: 1, careful: false }),
  },
  {
    name: 'weights planted at the end of the run',
    verdict: 'refuted',
    check: 'replay',
    do: ({ run, signer }) => plant(run, signer, { segments: new Set([3]), seed: 3, careful: true }),
  },
  {
    name: "another run's model at the end",
    verdict: 'refuted',
    do: ({ run, other, signer }) => {
      writeState(run, LAST, readState(other, LAST));
      redoEvidence(run, signer);
    },
  },
  {
    name: 'the loss of the next step of a kept state, in a segment that is not trained again',
    verdict: 'refuted',
    check: 'probe',
    segment: 1,
    do: ({ run, signer }) =>
      redoEvidence(run, signer, {
        records: (records) => {
          records[4]!.loss = bits64(real(records[4]!.loss) + 0.5);
        },
      }),
  },
  {
    name: 'a loss inside a segment, which no probe sees',
    verdict: 'refuted',
    check: 'replay',
    do: ({ run, signer }) =>
      redoEvidence(run, signer, {
        records: (records) => {
          records[5]!.loss = bits64(real(records[5]!.loss) + 0.5);
        },
      }),
  },
  {
    name: 'a figure of 0.01',
    verdict: 'refuted',
    check: 'figures',
    do: ({ run, signer }) => redoEvidence(run, signer, { seal: { valBitsPerByte: 0.01 } }),
  },
  {
    name: 'no figure, though text is held out',
    verdict: 'refuted',
    check: 'figures',
    do: ({ run, signer }) => redoEvidence(run, signer, { seal: { valBitsPerByte: null } }),
  },
  {
    name: 'a seal dated before genesis',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run, signer }) => redoEvidence(run, signer, { seal: { time: '2020-01-01T00:00:00.000Z' } }),
  },
  {
    name: 'a seal dated on a day that is none',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run, signer }) => redoEvidence(run, signer, { seal: { time: '9999-02-30T00:00:00.000Z' } }),
  },
  {
    name: 'a card that says more',
    verdict: 'refuted',
    check: 'figures',
    do: ({ run, signer }) => {
      appendFileSync(join(run, 'model/README.md'), 'Certified by the ministry.\n');
      reseal(run, signer);
    },
  },
  {
    name: 'a card of 17 MiB that says more',
    verdict: 'refuted',
    check: 'figures',
    do: ({ run, signer }) => {
      appendFileSync(join(run, 'model/README.md'), `<!--${' '.repeat(17 << 20)}-->`);
      reseal(run, signer);
    },
  },
  {
    name: 'a card with another figure by source',
    verdict: 'refuted',
    check: 'figures',
    do: ({ run, signer }) => {
      edit(join(run, 'model/README.md'), (text) => text.replace(/\| \d+\.\d{3} \|\n$/, '| 0.001 |\n'));
      reseal(run, signer);
    },
  },
  ...[
    {
      what: 'a member twice',
      change: (text: string) => text.replace('"normalizer":', '"normalizer": {}, "normalizer":'),
    },
    { what: 'a member more', change: (text: string) => text.replace('{', '{"certified": true,') },
    { what: 'a newline more', change: (text: string) => `${text}\n` },
  ].map(
    ({ what, change }): Deed => ({
      name: `a tokenizer.json with ${what}`,
      verdict: 'refuted',
      check: 'origin',
      do: ({ run, signer }) => {
        edit(join(run, 'tokenizer/tokenizer.json'), change);
        redoEvidence(run, signer);
      },
    }),
  ),
  // Architectures and optimizers.
  ...[
    { what: 'a bias', recipe: 'qwen2' as const, tensor: V_BIAS },
    { what: 'a norm of heads', recipe: 'qwen3' as const, tensor: K_NORM },
    { what: "Muon's momentum", recipe: 'muon' as const, tensor: UP_MOMENTUM },
  ].map(
    ({ what, recipe, tensor }): Deed => ({
      name: `${what}, altered in its last bit in a kept state`,
      verdict: 'refuted',
      check: 'replay',
      recipe,
      do: ({ run, signer }) => {
        changeTensor(run, 4, tensor, (values) => {
          new Uint32Array(values.buffer)[3]! ^= 1;
        });
        redoEvidence(run, signer);
      },
    }),
  ),
  ...[
    { what: 'the architecture', line: 'architecture: llama', before: 'hiddenSize' },
    { what: 'the head size', line: 'headDim: 8', before: 'maxPositionEmbeddings' },
    { what: 'the optimizer', line: 'optimizer: adamw', before: 'learningRate' },
  ].map(
    ({ what, line, before }): Deed => ({
      name: `a recipe that names ${what} that it has anyway`,
      verdict: 'refuted',
      check: 'structure',
      do: ({ run, signer }) => {
        edit(join(run, 'recipe.yaml'), (text) => text.replace(`  ${before}:`, `  ${line}\n  ${before}:`));
        redoEvidence(run, signer);
      },
    }),
  ),
  // Motion of Muon, in a kept state before the last one.
  ...(
    [
      ['moved further than its Frobenius norm may', UP, (w, i) => w + (i % 2 === 0 ? 0.01 : -0.01)],
      ['moved along one direction', UP, (w) => w + 0.003],
      ['with an infinite element', UP, (w, i) => (i === 3 ? Number.POSITIVE_INFINITY : w)],
      ['with too much momentum', UP_MOMENTUM, (m, i) => m + (i % 2 === 0 ? 0.2 : -0.2)],
      ['with momentum that is no number', UP_MOMENTUM, (m, i) => (i === 3 ? Number.NaN : m)],
    ] as [string, string, (value: number, i: number) => number][]
  ).map(
    ([what, tensor, change]): Deed => ({
      name: `a matrix of Muon ${what}`,
      verdict: 'refuted',
      check: 'motion',
      recipe: 'muon',
      do: ({ run, signer }) => {
        changeTensor(run, 4, tensor, (values) =>
          values.forEach((value, i) => {
            values[i] = change(value, i);
          }),
        );
        redoEvidence(run, signer);
      },
    }),
  ),
  {
    name: 'a recipe with Muon and without a momentum',
    verdict: 'refuted',
    check: 'structure',
    recipe: 'muon',
    do: ({ run, signer }) => {
      edit(join(run, 'recipe.yaml'), (text) => text.replace('  momentum: 0.95\n', ''));
      redoEvidence(run, signer);
    },
  },
  {
    name: 'the last segment by Muon with another momentum',
    verdict: 'refuted',
    recipe: 'muon',
    do: ({ run, signer }) => forge(run, signer, [{ from: 6, to: LAST, train: { momentum: 0.9 } }]),
  },
  {
    name: 'the last segment by Muon without weight decay',
    verdict: 'refuted',
    recipe: 'muon',
    do: ({ run, signer }) => forge(run, signer, [{ from: 6, to: LAST, train: { weightDecay: 0 } }]),
  },
  {
    name: 'a card that does not name Muon',
    verdict: 'refuted',
    check: 'figures',
    recipe: 'muon',
    do: ({ run, signer }) => {
      edit(join(run, 'model/README.md'), (text) => text.replace(/- optimizer: .*\n/, ''));
      reseal(run, signer);
    },
  },
  // Sizes.
  {
    name: 'a seal that does not say the size of the card',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run, signer }) => resize(run, signer, 'seal', (sizes) => sizes.delete('model/README.md')),
  },
  {
    name: 'a seal with another size of the card',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run, signer }) => resize(run, signer, 'seal', (sizes) => sizes.set('model/README.md', 1)),
  },
  {
    name: 'a seal that says a size of the last state',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run, signer }) => resize(run, signer, 'seal', (sizes) => sizes.set('state', 1)),
  },
  {
    name: 'a genesis with another size of the tokenizer',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run, signer }) => resize(run, signer, 'genesis', (sizes) => sizes.set('tokenizer', 1)),
  },
  {
    name: 'a genesis with another size of the manifest',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run, signer }) => resize(run, signer, 'genesis', (sizes) => sizes.set('corpus/manifest.json', 1)),
  },
  {
    name: 'a genesis that says a size of the corpus',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run, signer }) => resize(run, signer, 'genesis', (sizes) => sizes.set('corpus', 1)),
  },
  {
    name: 'a file of texts of 2 TB',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run }) => truncateSync(join(run, 'corpus/source-00.train.jsonl'), 2e12),
  },
  {
    name: 'a card of 2 TB',
    verdict: 'refuted',
    check: 'structure',
    do: ({ run }) => truncateSync(join(run, 'model/README.md'), 2e12),
  },
  {
    name: "a genesis with another size of the parent's weights",
    verdict: 'refuted',
    check: 'structure',
    recipe: 'child',
    do: ({ run, signer }) => resize(run, signer, 'genesis', (sizes) => sizes.set(START, 1)),
  },
  {
    name: 'references in a run without pairs',
    verdict: 'refuted',
    check: 'structure',
    recipe: 'child',
    do: ({ run, signer }) => {
      writeFileSync(join(run, REFERENCES), '');
      redoEvidence(run, signer, { commitment: { references: digestOfFile(join(run, REFERENCES)) } as object });
    },
  },
  {
    name: 'parent: its weights altered in the run',
    verdict: 'refuted',
    check: 'structure',
    recipe: 'child',
    do: ({ run }) => flip(join(run, START)),
  },
  {
    name: 'parent: other weights than it sealed, signed again',
    verdict: 'refuted',
    check: 'structure',
    recipe: 'child',
    do: ({ run, signer }) => {
      flip(join(run, START));
      const { seal } = parentOfRun(run);
      redoEvidence(run, signer, {
        commitment: { parent: { seal, weights: digestOfFile(join(run, START)) } } as object,
      });
    },
  },
  {
    name: 'parent: another run, whose weights are not those that were trained',
    verdict: 'refuted',
    check: 'origin',
    recipe: 'child',
    do: ({ run, other, signer }) => {
      for (const name of ['seal.json', 'genesis.json']) cpSync(join(other, 'start', name), join(run, 'start', name));
      cpSync(join(other, START), join(run, START));
      redoEvidence(run, signer, { commitment: { parent: parentOfRun(other) } as object });
    },
  },
  {
    name: 'parent: kept secret',
    verdict: 'refuted',
    check: 'origin',
    recipe: 'child',
    do: ({ run, signer }) => {
      edit(join(run, 'recipe.yaml'), (text) => text.replace(/^from:\n {2}.*\n/m, ''));
      rmSync(join(run, 'start'), { recursive: true });
      redoEvidence(run, signer, { version: 2 });
    },
  },
  {
    name: 'parent: its seal is not there',
    verdict: 'incomplete',
    recipe: 'child',
    do: ({ run }) => rmSync(join(run, 'start/seal.json')),
  },
  {
    name: 'parent: two of its entries exchanged in the extended tokenizer',
    verdict: 'refuted',
    check: 'structure',
    recipe: 'grown',
    do: ({ run, signer }) => {
      exchange(run, 300, 301);
      redoEvidence(run, signer);
    },
  },
  {
    name: 'parent: two of the new entries exchanged',
    verdict: 'refuted',
    check: 'origin',
    recipe: 'grown',
    do: ({ run, signer }) => {
      exchange(run, 420, 421);
      redoEvidence(run, signer);
    },
  },
  {
    name: 'parent: no new entries, where the recipe asks for them',
    verdict: 'refuted',
    recipe: 'grown',
    do: ({ run, signer }) => {
      cpSync(join(run, 'start/tokenizer.json'), join(run, 'tokenizer/tokenizer.json'));
      redoEvidence(run, signer);
    },
  },
  {
    name: 'parent: a new row that is not the mean of those that it stands for',
    verdict: 'refuted',
    check: 'origin',
    recipe: 'grown',
    do: ({ run, other, signer }) => {
      const { stateRoot } = readStatement(join(other, 'genesis.json'), 'genesis').predicate.commitment;
      redoEvidence(run, signer, { commitment: { stateRoot } });
    },
  },
  {
    name: 'parent: another tokenizer in the place of its own',
    verdict: 'refuted',
    check: 'structure',
    recipe: 'grown',
    do: ({ run }) => flip(join(run, 'start/tokenizer.json')),
  },
  {
    name: 'parent: its tokenizer is not there, and that of the run is another one',
    verdict: 'incomplete',
    check: 'structure',
    recipe: 'grown',
    do: ({ run }) => rmSync(join(run, 'start/tokenizer.json')),
  },
  {
    name: 'parent: another figure before step 1',
    verdict: 'refuted',
    check: 'figures',
    recipe: 'grown',
    do: ({ run, signer }) => {
      edit(join(run, 'model/README.md'), (text) => text.replace(/\d+\.\d{3} before step 1/, '1.234 before step 1'));
      reseal(run, signer);
    },
  },
];
