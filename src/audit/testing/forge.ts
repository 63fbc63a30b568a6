// Forgeries for tests: training that deviates from the recipe, and lodgings. Does not know how evidence is computed again: run.ts does.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelOf, parseRecipe } from '../../foundry/index.ts';
import { openTokens, Tokenizer } from '../../foundry/tokenizer/index.ts';
import { Batches, type TrainConfig, Trainer } from '../../foundry/train/index.ts';
import {
  bits32,
  bits64,
  type Commitment,
  madeFrom,
  readStatement,
  type Signer,
  type StateTensor,
  signStatement,
} from '../../ledger/index.ts';
import { type Bench, readState, redoEvidence, writeState } from './run.ts';

/** Training of the steps `from` + 1 to `to`. */
export interface Deviation {
  from: number;
  to: number;
  /** Where it starts: a state, or the seed of an S_0. Default: the state of `from` on disk, or the run's S_0. */
  start?: StateTensor[] | bigint;
  /** Changes to the recipe's training. */
  train?: Partial<TrainConfig>;
  /** Seed of the batches; default: the run's. */
  batches?: bigint;
  /** The records name the learning rates and batches that were used; otherwise they keep the old ones. */
  recordsSchedule?: boolean;
  /** The records keep the old losses and gradient norms. */
  keepsLosses?: boolean;
}

/** Trains all deviations in turn, writes their kept states, and computes again all evidence that follows from them. */
export function forge(
  run: string,
  signer: Signer,
  deviations: readonly Deviation[],
  commitment: Partial<Commitment> = {},
): void {
  const recipe = parseRecipe(readFileSync(join(run, 'recipe.yaml'), 'utf8'), { file: 'recipe.yaml' });
  const { kept, seed } = readStatement(join(run, 'genesis.json'), 'genesis').predicate.commitment;
  const vocabulary = Tokenizer.load(join(run, 'tokenizer/tokenizer.json')).vocabSize;
  const tokens = JSON.parse(readFileSync(join(run, 'corpus/tokens.json'), 'utf8'));
  const sources = recipe.corpus.sources.map(({ weight }, i) => ({
    tokens: openTokens(join(run, 'corpus', tokens.sources[i].train.file), tokens.width, { vocabSize: vocabulary }),
    weight,
  }));
  const newRecords = new Map<number, { [name: string]: string }>();
  try {
    for (const { from, to, start, train, batches, recordsSchedule, keepsLosses } of deviations) {
      const trainer = new Trainer(modelOf(recipe, vocabulary), { ...recipe.train, ...train }, { threads: 1 });
      try {
        if (typeof start === 'bigint' || (start === undefined && from === 0)) {
          trainer.initialise(typeof start === 'bigint' ? start : BigInt(`0x${seed}`));
        } else {
          const tensors = new Map((start ?? readState(run, from)).map(({ name, data }) => [name, data]));
          for (const { name, data } of trainer.state()) data.set(tensors.get(name)!);
        }
        trainer.step = from;
        const drawn = new Batches(sources, batches ?? BigInt(`0x${seed}`), recipe.train.sequenceLength);
        while (trainer.step < to) {
          const { step, loss, gradNorm, learningRate, batch } = trainer.next(drawn);
          if (kept.includes(step)) writeState(run, step, trainer.state());
          newRecords.set(step, {
            ...(keepsLosses ? {} : { loss: bits64(loss), gradNorm: bits64(gradNorm) }),
            ...(recordsSchedule ? { learningRate: bits32(learningRate), batch } : {}),
          });
        }
      } finally {
        trainer.close();
      }
    }
  } finally {
    for (const source of sources) source.tokens.close();
  }
  redoEvidence(run, signer, {
    commitment,
    records: (records) => {
      for (const record of records) Object.assign(record, newRecords.get(record.step));
    },
  });
}

export interface Answer {
  office: Signer;
  nonce?: string;
  time?: string;
}

/** The text of an office's answer to the request or seal in `folder`. */
export function answer(folder: string, kind: 'request' | 'seal', { office, nonce, time }: Answer): string {
  const { digest } = readStatement(join(folder, `${kind}.json`), kind);
  const predicate = {
    formatVersion: 1 as const,
    officeKey: office.publicKey.toString('base64'),
    nonce: nonce ?? digest.split('').reverse().join(''),
    time: time ?? (kind === 'request' ? new Date().toISOString() : '2099-01-02T03:04:05.678Z'),
  };
  return signStatement('lodging', [[`${kind}.json`, digest]], predicate, office);
}

/** Writes the maker's request for a run, with the commitment of its genesis. */
export function writeRequest(run: string, signer: Signer): void {
  const { predicate, sizes } = readStatement(join(run, 'genesis.json'), 'genesis');
  const { commitment, formatVersion } = predicate;
  const asking = {
    ...{ formatVersion, makerKey: signer.publicKey.toString('base64') },
    time: '2026-01-01T03:04:05.678Z',
  };
  writeFileSync(join(run, 'request.json'), signStatement('request', madeFrom(commitment, sizes), asking, signer));
}

/** Signs a statement of a run again in version 1, which is not read: without sizes. */
export function signInVersion1(run: string, kind: 'request' | 'genesis' | 'seal', signer: Signer): void {
  const path = join(run, `${kind}.json`);
  const { subjects, predicate } = readStatement(path, kind);
  writeFileSync(path, signStatement(kind, [...subjects], { ...predicate, formatVersion: 1 } as never, signer));
}

/** Writes the corpus manifest of a run again in version 1, which is not read, and computes again what follows from it. */
export function writeManifestInVersion1(run: string, signer: Signer): void {
  const path = join(run, 'corpus/manifest.json');
  const { longestDocument: _, ...manifest } = JSON.parse(readFileSync(path, 'utf8'));
  for (const source of manifest.sources) delete source.slice;
  writeFileSync(path, `${JSON.stringify({ ...manifest, formatVersion: 1 }, null, 2)}\n`);
  redoEvidence(run, signer);
}

/** Makes a run whose request an office lodges before its first step, and whose seal after the last. */
export async function makeLodged(
  bench: Bench,
  signer: Signer,
  office: Signer,
  changes: Parameters<Bench['make']>[1] = {},
): Promise<string> {
  const out = bench.path();
  const lodge = `${out}.answer`;
  // Without the answer, make writes the request and takes no step.
  await bench.make(signer, changes, { out, lodge }).catch((error) => {
    if (error.code !== 'lodging-missing') throw error;
  });
  writeFileSync(lodge, answer(out, 'request', { office }));
  await bench.make(signer, changes, { out, lodge, resume: true });
  writeFileSync(join(out, 'seal-lodging.json'), answer(out, 'seal', { office }));
  return out;
}
