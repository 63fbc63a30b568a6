// Makes the bundles of this folder that are not here yet, and expected.json: node docs/test-vectors/make.ts. Keys, times and challenges are new
// each time, so that a bundle made again has other bytes; what must be found in it is the same.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeForged } from '../../src/audit/data/testing/forge-texts.ts';
import { bundleRun } from '../../src/audit/index.ts';
import { answer, forge, makeLodged } from '../../src/audit/testing/forge.ts';
import { Bench, readState, redoEvidence, writeState } from '../../src/audit/testing/run.ts';
import type { CheckName, Verdict } from '../../src/audit/types.ts';
import { bits32, bits64 } from '../../src/ledger/index.ts';

/** What an audit that replays everything must find. */
export interface Expected {
  verdict: Verdict;
  /** The check that finds it; those before it in the order of docs/proof.md hold. Null where all hold. */
  check: CheckName | null;
  /** Of its first finding. */
  file?: string;
  step?: number;
  tensor?: string;
  /** The one segment that is trained again, from 1; without it all are. */
  segment?: number;
  /** What was done. */
  deed: string;
}

const SMALL = {
  tokenizer: { vocabSize: 262 },
  model: { hiddenSize: 4, intermediateSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, numKeyValueHeads: 1 },
  corpus: {
    sources: [
      { files: 'texts/a', language: 'en', licence: 'CC0-1.0' },
      { files: 'texts/b', language: 'ko', licence: 'CC0-1.0', weight: 2.5 },
    ],
    validation: 0.1,
  },
};
/** So few tokens are held out for the figure that it is computed again without being asked for. */
const TRAIN = {
  steps: 8,
  batchSize: 2,
  sequenceLength: 8,
  microBatchSize: 1,
  checkpointEvery: 2,
  validationTokens: 40,
};

/** What the bundles are made of, and where one goes. */
interface Making {
  bench: Bench;
  maker: ReturnType<Bench['strangersKey']>;
  office: ReturnType<Bench['strangersKey']>;
  honest: string;
  make(changes?: object): Promise<string>;
  put(name: string, run: string, what: Expected): Promise<void>;
}

/** Writes all bundles, and expected.json, into `out`. */
export async function makeVectors(out: string): Promise<void> {
  const bench = new Bench();
  try {
    // Less text: the bundles are to be small.
    for (const source of ['a', 'b']) {
      const folder = join(bench.folder, 'texts', source);
      for (const name of readdirSync(folder).sort().slice(6)) rmSync(join(folder, name));
    }
    const maker = bench.strangersKey('maker');
    const office = bench.strangersKey('office');
    const make = (changes: object = {}): Promise<string> => bench.make(maker, { ...SMALL, train: TRAIN, ...changes });
    const lodged = await makeLodged(bench, maker, office, { ...SMALL, train: TRAIN });
    const honest = await make();
    const expected: Record<string, Expected> = {};
    mkdirSync(out, { recursive: true });
    const put = async (name: string, run: string, what: Expected): Promise<void> => {
      if (!existsSync(join(out, name))) await bundleRun({ run, out: join(out, name), withoutData: false });
      expected[name] = what;
    };
    const making = { bench, maker, office, honest, make, put };

    await put('honest.tar', honest, { verdict: 'holds', check: null, deed: 'none: not lodged' });
    await put('honest-lodged.tar', lodged, { verdict: 'holds', check: null, deed: 'none: run and seal were lodged' });
    await putLodgedEarly(making, lodged);
    await putOtherRate(making);
    await putOtherTexts(making);
    await putWeakPolicy(making);
    await putPlantedMatrix(making, await make({ seed: 4711 }));
    await putWrongLoss(making);
    await putOtherDecay(making);
    await putWrongFigure(making);
    expected['incomplete.tar'] = await writeIncomplete(making, join(out, 'incomplete.tar'));
    writeFileSync(join(out, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`);
  } finally {
    bench.remove();
  }
}

async function putLodgedEarly({ bench, office, put }: Making, lodged: string): Promise<void> {
  const early = bench.copy(lodged);
  writeFileSync(join(early, 'seal-lodging.json'), answer(early, 'seal', { office, time: '2026-01-01T00:00:00.000Z' }));
  await put('structure.tar', early, {
    verdict: 'refuted',
    check: 'structure',
    file: 'seal-lodging.json',
    deed: 'the office lodged the seal before the run itself',
  });
}

async function putOtherRate({ bench, maker, honest, put }: Making): Promise<void> {
  const rate = bench.copy(honest);
  redoEvidence(rate, maker, {
    records: (records) => {
      records[4]!.learningRate = bits32(0.0021);
    },
  });
  await put('schedule.tar', rate, {
    verdict: 'refuted',
    check: 'schedule',
    file: 'transcript.jsonl',
    step: 5,
    deed: "step 5 records another learning rate than the recipe's",
  });
}

async function putOtherTexts({ bench, maker, honest, put }: Making): Promise<void> {
  const text = bench.copy(honest);
  const source = join(text, 'corpus/source-00.train.jsonl');
  const words = readFileSync(source, 'utf8');
  writeFileSync(
    source,
    words.replace(/(?<="text":"[^"]*)[a-z]/, (letter) => (letter === 'q' ? 'r' : 'q')),
  );
  redoEvidence(text, maker);
  await put('origin.tar', text, {
    verdict: 'refuted',
    check: 'origin',
    deed: 'one letter of a training text is another one than tokens and corpus root have',
  });

  const hidden = await makeForged(
    bench,
    maker,
    { ...SMALL, train: TRAIN },
    { lines: ([first]) => first!.train.push(first!.train.pop()!.replace(/\}$/, ',"more":"hidden"}')) },
  );
  await put('data.tar', hidden, {
    verdict: 'refuted',
    check: 'data',
    file: 'corpus/source-00.train.jsonl',
    deed: 'the last record has a member that no tokenizer reads; all that follows from the texts was made honestly',
  });
}

async function putWeakPolicy({ make, put }: Making): Promise<void> {
  await put('policy.tar', await make({ train: { ...TRAIN, eps: 1e-15 } }), {
    verdict: 'refuted',
    check: 'policy',
    file: 'recipe.yaml',
    deed: 'honestly made by a recipe whose eps of 1e-15 leaves motion little meaning',
  });
}

async function putPlantedMatrix({ bench, maker, honest, put }: Making, other: string): Promise<void> {
  const planted = bench.copy(honest);
  const name = 'model.layers.0.mlp.up_proj.weight';
  const theirs = readState(other, 4).find((tensor) => tensor.name === name)!;
  const start = readState(honest, 4).map((tensor) => (tensor.name === name ? theirs : tensor));
  writeState(planted, 4, start);
  forge(planted, maker, [{ from: 4, to: 8, start }]);
  await put('motion.tar', planted, {
    verdict: 'refuted',
    check: 'motion',
    file: 'checkpoints/step-000004/state.safetensors',
    step: 4,
    tensor: name,
    deed: "a matrix of another run's model stands in the state of step 4; from there it was trained on honestly",
  });
}

async function putWrongLoss({ bench, maker, honest, put }: Making): Promise<void> {
  const altered = bench.copy(honest);
  redoEvidence(altered, maker, {
    records: (records) => {
      records[4]!.loss = bits64(Buffer.from(String(records[4]!.loss), 'hex').readDoubleBE() * (1 + 2 ** -50));
    },
  });
  await put('probe.tar', altered, {
    verdict: 'refuted',
    check: 'probe',
    file: 'transcript.jsonl',
    step: 5,
    segment: 1,
    deed: 'the loss of step 5, the first after a kept state, is recorded too high by one part in 10^15',
  });
}

async function putOtherDecay({ bench, maker, honest, put }: Making): Promise<void> {
  const decayed = bench.copy(honest);
  forge(decayed, maker, [
    { from: 4, to: 6, train: { weightDecay: 0.2 } },
    { from: 6, to: 8 },
  ]);
  await put('replay.tar', decayed, {
    verdict: 'refuted',
    check: 'replay',
    file: 'transcript.jsonl',
    step: 6,
    deed: "steps 5 and 6 were trained with twice the recipe's weight decay, the others as it says",
  });
}

async function putWrongFigure({ bench, maker, honest, put }: Making): Promise<void> {
  const figure = bench.copy(honest);
  redoEvidence(figure, maker, { seal: { valBitsPerByte: 0.01 } });
  await put('figures.tar', figure, {
    verdict: 'refuted',
    check: 'figures',
    file: 'seal.json',
    deed: 'the seal says 0.01 bits per byte of held-out text',
  });
}

/** A bundle is not written without a state that is to stay: it goes in, and is taken out again. */
async function writeIncomplete({ bench, honest }: Making, file: string): Promise<Expected> {
  const whole = join(bench.folder, 'whole.tar');
  await bundleRun({ run: honest, out: whole, withoutData: false });
  if (!existsSync(file)) writeFileSync(file, without(readFileSync(whole), /checkpoints\/step-000004\//));
  return {
    verdict: 'incomplete',
    check: 'structure',
    file: 'checkpoints/step-000004/state.safetensors',
    step: 4,
    deed: 'the state of step 4, which is to stay, is withheld',
  };
}

/** A tar archive without the files whose names match. */
function without(tar: Buffer, names: RegExp): Buffer {
  const kept: Buffer[] = [];
  let at = 0;
  while (at < tar.length && tar[at] !== 0) {
    const name = tar.toString('latin1', at, at + 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    const end = at + 512 + 512 * Math.ceil(size / 512);
    if (!names.test(name)) kept.push(tar.subarray(at, end));
    at = end;
  }
  return Buffer.concat([...kept, tar.subarray(at)]);
}

if (import.meta.main) await makeVectors(import.meta.dirname);
