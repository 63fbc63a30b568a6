// Origin: draws S_0 again from the seed, computes the corpus root from the texts, trains the tokenizer again, encodes documents again.

import { count, counted } from '../base/index.ts';
import { interleaved, tokensScored } from '../foundry/index.ts';
import { turnTokensOf } from '../foundry/recipe/index.ts';
import { extendTokenizer, Tokenizer, type TrainingProgress, trainTokenizer } from '../foundry/tokenizer/index.ts';
import type { Trainer } from '../foundry/train/index.ts';
import { MerkleTree, parentOf, REFERENCES } from '../ledger/index.ts';
import { GENESIS, MANIFEST, TOKENIZER } from '../run-folder/index.ts';
import { compareConversations, openEncoder } from './conversations.ts';
import { compareDocuments, type DocumentSpan, documentDraw, windowsOf } from './encoding.ts';
import { Findings } from './findings.ts';
import { compareReferences } from './pairs.ts';
import { drawBatches } from './schedule.ts';
import { beginState } from './start.ts';
import type { CheckContext, Evidence } from './structure.ts';
import type { Check, Segment } from './types.ts';

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
    findings.incomplete(GENESIS, 'there is no usable genesis, recipe and tokenizer');
    return findings.check('not checked');
  }
  const repeated: string[] = [];
  await context.showProgress('S_0', 0);
  const root = findings.try(GENESIS, () => {
    const trainer = input.trainer();
    beginState(evidence, trainer);
    return trainer.stateRoot();
  });
  if (root !== undefined) {
    repeated.push('S_0');
    if (root !== statements.genesis.predicate.commitment.stateRoot) {
      const text = parentOf(statements.genesis.predicate.commitment)
        ? 'S_0 is not the state with the weights of the parent'
        : 'S_0 is not the state that the seed draws';
      findings.refuted(GENESIS, text, { step: 0 });
    }
  }
  if (root !== undefined && evidence.references)
    repeated.push(await checkStartOfPairs(evidence, input, findings, context));
  if (!texts) findings.incomplete(MANIFEST, 'there is no usable manifest of the texts');
  else {
    const absent = texts.files.filter((file) => !file.textThere);
    for (const { text } of absent)
      findings.incomplete(text, 'is not there in the size that is stated: nothing that follows from it can be checked');
    if (absent.length === 0) {
      if (await checkTokenizer(evidence, findings, context)) repeated.push('tokenizer');
    }
    repeated.push(await checkDocuments(evidence, input, findings, context));
  }
  return findings.check(`${repeated.filter(Boolean).join(', ') || 'nothing'} made again`);
}

/** Computes the references of the pairs of replayed steps again, by the trainer's weights: S_0. */
async function checkStartOfPairs(
  evidence: Evidence,
  { trainer, segments }: OriginInput,
  findings: Findings,
  { showProgress }: CheckContext,
): Promise<string> {
  const opened = findings.try(REFERENCES, () => drawBatches(evidence));
  if (!opened || !('batches' in opened)) return '';
  const { batches, close } = opened;
  try {
    const pause = (): Promise<void> => showProgress('references', 0.03);
    const compared = await compareReferences(evidence, { batches, segments, trainer: trainer() }, findings, pause);
    return `references of ${counted(compared, 'pair')}`;
  } catch (error) {
    findings.caught(REFERENCES, error);
    return '';
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
      findings.refuted(TOKENIZER, 'is not the tokenizer that these texts train');
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
): Promise<string> {
  const texts = evidence.texts!;
  const { manifest, files } = texts;
  const bytes = manifest.bytes.train + manifest.bytes.validation;
  const opened = findings.try(files[0]!.file, () => drawBatches(evidence));
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
      if (!file.there)
        findings.incomplete(file.file, 'is not there in the size that is stated: it cannot be compared with its text');
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
    findings.refuted(MANIFEST, 'the texts are not those of the corpus root');
  }
  if (documents === 0) return '';
  return `${count(encoded)} of ${count(documents)} documents`;
}
