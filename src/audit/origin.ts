// Origin: draws S_0 again from the seed, computes the corpus root from the texts, trains the tokenizer again, encodes documents again.

import { interleaved, tokensScored } from '../foundry/index.ts';
import { turnTokensOf } from '../foundry/recipe/index.ts';
import { extendTokenizer, Tokenizer, type TrainingProgress, trainTokenizer } from '../foundry/tokenizer/index.ts';
import type { Trainer } from '../foundry/train/index.ts';
import { MerkleTree, parentOf, REFERENCES, START } from '../ledger/index.ts';
import { GENESIS, MANIFEST, TOKENIZER, TOKENS } from '../run-folder/index.ts';
import { compareConversations, openEncoder } from './conversations.ts';
import { compareDocuments, type DocumentSpan, documentDraw, windowsOf } from './encoding.ts';
import { Findings } from './findings.ts';
import { compareReferences } from './pairs.ts';
import { drawBatches } from './schedule.ts';
import { COMMON } from './sentences/common.ts';
import { ORIGIN } from './sentences/origin.ts';
import type { CheckContext, Evidence } from './structure.ts';
import type { Check, Segment } from './types.ts';
import { beginState } from './weights.ts';

/** More than the largest vocabulary that can be trained takes. */
const MAX_TOKENIZER_BYTES = 256 << 20;

export interface OriginInput {
  /** Returns the auditor's trainer. @throws JikjiError `state-missing`, `no-memory` */
  trainer: () => Trainer;
  /** The segments that will be replayed. */
  segments: readonly Segment[];
  challenge: string;
  /** Digest of the seal; empty without one. */
  seal: string;
}

export async function checkOrigin(evidence: Evidence, input: OriginInput, context: CheckContext): Promise<Check> {
  const findings = new Findings('origin');
  const { statements, config, texts } = evidence;
  if (!statements || !config) {
    findings.incomplete(GENESIS, ORIGIN.nothing);
    return findings.check(COMMON.notChecked);
  }
  await context.showProgress('S_0', 0);
  const root = findings.try(GENESIS, () => {
    const trainer = input.trainer();
    if (evidence.states.get(0) !== 'whole') {
      findings.incomplete(START, ORIGIN.noStart, { step: 0 });
      return undefined;
    }
    beginState(evidence, trainer);
    return trainer.stateRoot();
  });
  if (root !== undefined) {
    if (root !== statements.genesis.predicate.commitment.stateRoot) {
      const text = parentOf(statements.genesis.predicate.commitment) ? ORIGIN.notParents : ORIGIN.notDrawn;
      findings.refuted(GENESIS, text, { step: 0 });
    }
  }
  const pairs =
    root !== undefined && evidence.references ? await checkStartOfPairs(evidence, input, findings, context) : undefined;
  let tokenizer = false;
  let documents: { encoded: number; all: number } | undefined;
  if (!texts) findings.incomplete(MANIFEST, COMMON.noManifest);
  else {
    const absent = texts.files.filter((file) => !file.textThere);
    for (const { text } of absent) findings.incomplete(text, ORIGIN.noText);
    tokenizer = absent.length === 0 && (await checkTokenizer(evidence, findings, context));
    documents = await checkDocuments(evidence, input, findings, context);
  }
  return findings.check(ORIGIN.again({ start: root !== undefined, pairs, tokenizer, documents }));
}

/** The batches of the run; undefined where they cannot be drawn: the check `schedule` says why. */
const batchesIn = (evidence: Evidence) => new Findings('origin').try(TOKENS, () => drawBatches(evidence));

/** Computes the references of the pairs of replayed steps again, by the trainer's weights: S_0. Returns how many it compared. */
async function checkStartOfPairs(
  evidence: Evidence,
  { trainer, segments }: OriginInput,
  findings: Findings,
  { showProgress }: CheckContext,
): Promise<number | undefined> {
  const opened = batchesIn(evidence);
  if (!opened || !('batches' in opened)) return undefined;
  const { batches, close } = opened;
  try {
    const pause = (): Promise<void> => showProgress('references', 0.03);
    return await compareReferences(evidence, { batches, segments, trainer: trainer() }, findings, pause);
  } catch (error) {
    findings.caught(REFERENCES, error);
    return undefined;
  } finally {
    close();
  }
}

/** Makes the tokenizer again where texts decide on it. Returns whether it did: a parent's is taken over, or unknown. */
async function checkTokenizer(
  evidence: Evidence,
  findings: Findings,
  { showProgress, signal }: CheckContext,
): Promise<boolean> {
  const { folder, recipe, texts, statements, parentTokenizer } = evidence;
  const { vocabSize } = recipe!.tokenizer;
  if (parentOf(statements!.genesis.predicate.commitment)) {
    if (!(parentTokenizer instanceof Tokenizer) || vocabSize <= parentTokenizer.vocabSize) return false;
  }
  await showProgress('training the tokenizer', 0.05);
  try {
    // The weights of the sources come from the recipe: nothing has signed those in the manifest.
    const { sources } = recipe!.corpus;
    const manifest = { ...texts!.manifest };
    manifest.sources = manifest.sources.map((source, i) => ({ ...source, weight: sources[i]!.weight }));
    const documents = interleaved(`${folder.path}/corpus`, manifest);
    const options = {
      vocabSize,
      turnTokens: turnTokensOf(recipe!),
      onProgress: ({ phase, done, total }: TrainingProgress) => {
        signal.throwIfAborted();
        // The line above stops the work; this call only shows progress.
        showProgress(
          'training the tokenizer',
          0.05 + 0.45 * (phase === 'read' ? 0.3 * (done / total) : 0.3 + 0.7 * (done / total)),
        ).catch(() => {});
      },
    };
    const again = await (parentTokenizer instanceof Tokenizer
      ? extendTokenizer(parentTokenizer, documents, options)
      : trainTokenizer(documents, options));
    // Compared as text: two spellings of one vocabulary can mean different things to other programs.
    if (again.toJson() !== folder.text(TOKENIZER, MAX_TOKENIZER_BYTES)) {
      findings.refuted(TOKENIZER, ORIGIN.otherTokenizer);
    }
    return true;
  } catch (error) {
    findings.caught(TOKENIZER, error);
    return false;
  }
}

async function checkDocuments(
  evidence: Evidence,
  { segments, challenge, seal }: OriginInput,
  findings: Findings,
  { showProgress }: CheckContext,
): Promise<{ encoded: number; all: number } | undefined> {
  const texts = evidence.texts!;
  const { manifest, files } = texts;
  const bytes = manifest.bytes.train + manifest.bytes.validation;
  const opened = batchesIn(evidence);
  let isRead = (_source: number, _span: DocumentSpan): boolean => false;
  if (opened && 'batches' in opened) {
    const { batches, close } = opened;
    if (batches.windows > 0) {
      const marked = await windowsOf(evidence, batches, segments, () => showProgress('batches', 0.5));
      isRead = (source, { start, end }) =>
        batches.windowsOver(source, start, end).some((window) => marked.get(source)?.has(window));
    }
    close();
  }
  const isDrawn = documentDraw(challenge, seal, bytes);
  const heldOut = files.filter((file) => file.split === 'validation');
  const scored = tokensScored(
    heldOut.map(({ tokens }) => tokens),
    evidence.recipe!.train.validationTokens,
  );
  const tree = new MerkleTree();
  let documents = 0;
  let encoded = 0;
  let done = 0;
  const encoder = openEncoder(evidence);
  try {
    for (const file of files) {
      if (!file.there) findings.incomplete(file.file, ORIGIN.noTokens);
      if (!file.textThere) continue;
      // Documents that replayed steps read, and documents that the validation figure is computed from.
      const isRequired = (span: DocumentSpan): boolean =>
        file.split === 'train' ? isRead(file.source, span) : span.start < scored[file.source]!;
      const pause = (): Promise<void> =>
        showProgress('documents', 0.5 + (0.5 * (done + 0.5 * file.bytes)) / Math.max(1, bytes));
      const onDigest = (digest: Buffer): void => tree.add(digest);
      const one =
        file.marks === undefined
          ? await compareDocuments(evidence, file, { isRequired, isDrawn, onDigest, findings, pause })
          : await compareConversations(evidence, file, { encoder, onDigest, findings, pause });
      documents += one.documents;
      encoded += one.encoded;
      done += file.bytes;
    }
  } finally {
    encoder?.close();
  }
  const whole = files.every((file) => file.textThere);
  if (whole && tree.root().toString('hex') !== manifest.corpusRoot) {
    findings.refuted(MANIFEST, ORIGIN.otherRoot);
  }
  return documents === 0 ? undefined : { encoded, all: documents };
}
