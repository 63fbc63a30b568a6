// Compares a model with references: opens and digests them, draws rows, compares, judges. The draw comes after all digests are known.

import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { JikjiError } from '../base/index.ts';
import { digestOfFile, digestOfFiles } from '../ledger/index.ts';
import { openStored, type StoredModel } from './anatomy/index.ts';
import {
  type Comparison,
  compareSamples,
  compareTokenizers,
  type JudgedGroup,
  judge,
  type TokenizerComparison,
  type TowerComparison,
} from './comparison/index.ts';
import { evidenceOf, type Kinship, kinshipOf } from './evidence.ts';
import { drawTokens, keyOfPair, sampleModel } from './sketch/index.ts';

/** Tokens whose rows of the embedding are read: at least these, and twice the hidden size. */
const MIN_TOKENS = 4096;
const EXPERTS = 2;

export interface LineageProgress {
  /** The model that is worked on, and what of it. */
  model: string;
  part: string;
}

export interface LineageOptions {
  against: readonly string[];
  /** Rows of each block; all of them where it has fewer. */
  rows: number;
  /** 64 hexadecimal digits, drawn after the digests of both models were fixed; drawn here where there is none. */
  challenge?: string | undefined;
  alpha: number;
  /** References that were ever compared with this model, these included. */
  tried?: number | undefined;
  threads: number;
  onProgress?: (progress: LineageProgress) => void;
}

/** A model as it was compared. */
export interface ModelFacts {
  path: string;
  name: string;
  /** SHA-256 over names and digests of its weight files. */
  digest: string;
  bytes: number;
  family: string;
  towers: { name: string; hiddenSize: number; layers: number }[];
}

export interface ReferenceResult {
  model: ModelFacts;
  groups: JudgedGroup[];
  towers: Omit<TowerComparison, 'groups'>[];
  untested: Comparison['untested'];
  tokenizer: TokenizerComparison | undefined;
  /** Tokens whose embeddings brought the two residual streams together. */
  tokens: number;
  /** What the evidence of both runs says, unaudited. */
  kinship: Kinship | undefined;
}

export interface Lineage {
  formatVersion: 1;
  suspect: ModelFacts;
  references: ReferenceResult[];
  challenge: string;
  /** Whether the challenge was given: then who chose it, and when, is not known here. */
  challengeGiven: boolean;
  rows: number;
  alpha: number;
  tried: number;
  seconds: number;
}

interface Opened {
  model: StoredModel;
  facts: ModelFacts;
}

function open(path: string, onProgress: (progress: LineageProgress) => void): Opened {
  const model = openStored(path);
  try {
    const name = basename(path.replace(/\/+$/, '')) || path;
    const files = model.files.map((file) => {
      onProgress({ model: name, part: `digest of ${file.name}` });
      return { name: file.name, digest: digestOfFile(file.path) };
    });
    const towers = model.anatomy.towers.map((tower) => ({
      name: tower.name,
      hiddenSize: tower.hiddenSize,
      layers: tower.layers,
    }));
    const bytes = model.files.reduce((sum, { size }) => sum + size, 0);
    return { model, facts: { path, name, digest: digestOfFiles(files), bytes, family: model.anatomy.family, towers } };
  } catch (error) {
    model.close();
    throw error;
  }
}

/** Tokens that both models have, drawn by the key. */
function sharedTokens(key: string, suspect: StoredModel, reference: StoredModel): string[] {
  const [ours, theirs] = [suspect.tokens?.ids, reference.tokens?.ids];
  if (!ours || !theirs) return [];
  const rowsOf = ({ anatomy }: StoredModel): number =>
    anatomy.towers.flatMap(({ embedding }) => embedding ?? [])[0]?.rows ?? 0;
  const [ourRows, theirRows] = [rowsOf(suspect), rowsOf(reference)];
  const both = [...ours].filter(([token, id]) => id < ourRows && (theirs.get(token) ?? theirRows) < theirRows);
  const widest = Math.max(
    ...[suspect, reference].flatMap(({ anatomy }) => anatomy.towers.map(({ hiddenSize }) => hiddenSize)),
  );
  return drawTokens(
    key,
    both.map(([token]) => token),
    Math.max(MIN_TOKENS, 2 * widest),
  );
}

function compareWith(suspect: Opened, reference: Opened, challenge: string, options: LineageOptions) {
  const key = keyOfPair(challenge, suspect.facts.digest, reference.facts.digest);
  const tokens = sharedTokens(key, suspect.model, reference.model);
  const draw = { key, tokens, limits: { rows: options.rows, experts: EXPERTS } };
  const comparison = compareSamples(sampleModel(suspect.model, draw), sampleModel(reference.model, draw), {
    key,
    threads: options.threads,
    onPart: (part) => options.onProgress?.({ model: reference.facts.name, part }),
  });
  const [ours, theirs] = [suspect.model.tokens, reference.model.tokens];
  return { comparison, tokens: tokens.length, tokenizer: ours && theirs && compareTokenizers(ours, theirs) };
}

/**
 * Compares a model with each reference.
 * @throws JikjiError for models that cannot be read
 */
export function compareModels(path: string, options: LineageOptions): Lineage {
  const { against, alpha, rows, onProgress = () => {} } = options;
  const start = performance.now();
  const opened: Opened[] = [];
  try {
    const suspect = open(path, onProgress);
    opened.push(suspect);
    for (const reference of against) opened.push(open(reference, onProgress));
    const references = opened.slice(1);
    const tried = options.tried ?? references.length;
    if (tried < references.length)
      throw new JikjiError(
        'usage',
        'fewer references were tried than are given',
        `--tried ${tried}`,
        'count these too',
      );
    const challenge = options.challenge ?? randomBytes(32).toString('hex');
    const found = references.map((reference) => ({
      reference,
      ...compareWith(suspect, reference, challenge, options),
    }));
    const groups = judge(
      found.map(({ comparison }) => comparison),
      alpha,
      tried,
    );
    const ours = evidenceOf(suspect.model.run);
    return {
      formatVersion: 1,
      suspect: suspect.facts,
      references: found.map(({ reference, comparison, tokens, tokenizer }, i) => ({
        model: reference.facts,
        groups: groups[i]!,
        towers: comparison.towers.map(({ groups: _, ...tower }) => tower),
        untested: comparison.untested,
        tokenizer,
        tokens,
        kinship: kinshipOf(ours, evidenceOf(reference.model.run)),
      })),
      challenge,
      challengeGiven: options.challenge !== undefined,
      rows,
      alpha,
      tried,
      seconds: (performance.now() - start) / 1000,
    };
  } finally {
    for (const { model } of opened) model.close();
  }
}
