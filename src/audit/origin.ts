// Origin: S_0 drawn again from the seed, the corpus root from the texts, the tokenizer trained again, documents encoded again.

import { count } from '../base/index.ts';
import { interleaved, tokensScored } from '../foundry/index.ts';
import { trainTokenizer } from '../foundry/tokenizer/index.ts';
import type { Trainer } from '../foundry/train/index.ts';
import { MerkleTree } from '../ledger/index.ts';
import { GENESIS, MANIFEST, TOKENIZER } from '../run-folder/index.ts';
import { compareDocuments, documentDraw, overlaps, type Place, windowsOf } from './encoding.ts';
import { Findings } from './findings.ts';
import { openBatches, seedOf } from './schedule.ts';
import type { Context, Evidence } from './structure.ts';
import type { Check, Segment } from './types.ts';

/** Bytes; more than any vocabulary that can be trained takes. */
const MAX_TOKENIZER = 256 << 20;

export interface OriginInput {
  /** Gives the auditor's trainer. @throws JikjiError where it cannot be had */
  trainer: () => Trainer;
  /** What will be replayed. */
  segments: readonly Segment[];
  challenge: string;
  /** Digest of the seal; empty where there is none. */
  seal: string;
}

export async function checkOrigin(evidence: Evidence, input: OriginInput, context: Context): Promise<Check> {
  const findings = new Findings('origin');
  const { signed, config, texts } = evidence;
  if (!signed || !config) {
    findings.incomplete(GENESIS, 'there is no usable genesis, recipe and tokenizer');
    return findings.check('not checked');
  }
  const said: string[] = [];
  await context.tell('S_0', 0);
  const root = findings.try(GENESIS, () => {
    const trainer = input.trainer();
    trainer.initialise(seedOf(evidence));
    return trainer.stateRoot();
  });
  if (root !== undefined) {
    said.push('S_0');
    if (root !== signed.genesis.predicate.commitment.stateRoot) {
      findings.refuted(GENESIS, 'S_0 is not the state that the seed draws', { step: 0 });
    }
  }
  if (!texts) findings.incomplete(MANIFEST, 'there is no usable manifest of the texts');
  else {
    const absent = texts.files.filter((file) => !file.textThere);
    for (const { text } of absent)
      findings.incomplete(text, 'is not there in the size that is stated: nothing that follows from it can be checked');
    if (absent.length === 0) {
      if (await checkTokenizer(evidence, findings, context)) said.push('tokenizer');
    }
    said.push(await checkDocuments(evidence, input, findings, context));
  }
  return findings.check(`${said.filter(Boolean).join(', ') || 'nothing'} made again`);
}

async function checkTokenizer(evidence: Evidence, findings: Findings, { tell, signal }: Context): Promise<boolean> {
  const { folder, recipe, texts } = evidence;
  await tell('training the tokenizer', 0.05);
  try {
    // Weights are the recipe's: nothing has signed the manifest's.
    const { sources } = recipe!.corpus;
    const manifest = { ...texts!.manifest };
    manifest.sources = manifest.sources.map((source, i) => ({ ...source, weight: sources[i]!.weight }));
    const again = await trainTokenizer(interleaved(`${folder.path}/corpus`, manifest), {
      vocabSize: recipe!.tokenizer.vocabSize,
      onProgress: ({ phase, done, total }) => {
        signal.throwIfAborted();
        // It says when to stop by the line above; here it only shows how far this is.
        tell(
          'training the tokenizer',
          0.05 + 0.45 * (phase === 'read' ? 0.3 * (done / total) : 0.3 + 0.7 * (done / total)),
        ).catch(() => {});
      },
    });
    // The file's own text: two of the same vocabulary may differ in what another program would read out of them.
    if (again.toJson() !== folder.text(TOKENIZER, MAX_TOKENIZER)) {
      findings.refuted(TOKENIZER, 'is not the one that these texts train');
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
  { tell }: Context,
): Promise<string> {
  const texts = evidence.texts!;
  const { manifest, files } = texts;
  const bytes = manifest.bytes.train + manifest.bytes.validation;
  const opened = findings.try(files[0]!.file, () => openBatches(evidence));
  let marked = new Map<number, Set<number>>();
  if (opened && 'batches' in opened) {
    if (opened.batches.windows > 0)
      marked = await windowsOf(evidence, opened.batches, segments, () => tell('batches', 0.5));
    opened.close();
  }
  const drawn = documentDraw(challenge, seal, bytes);
  const heldOut = files.filter((file) => file.split === 'validation');
  const scored = tokensScored(
    heldOut.map(({ tokens }) => tokens),
    evidence.recipe!.train.validationTokens,
  );
  const tree = new MerkleTree();
  let documents = 0;
  let encoded = 0;
  let done = 0;
  for (const file of files) {
    if (!file.there)
      findings.incomplete(file.file, 'is not there in the size that is stated: it cannot be compared with its text');
    if (!file.textThere) continue;
    // What was trained again, and what the validation figure is of.
    const asked = (place: Place): boolean =>
      file.split === 'train'
        ? overlaps(place, marked.get(file.source), evidence.recipe!.train.sequenceLength)
        : place.start < scored[file.source]!;
    const each = (): Promise<void> => tell('documents', 0.5 + (0.5 * (done + 0.5 * file.bytes)) / Math.max(1, bytes));
    const one = await compareDocuments(evidence, file, asked, drawn, (leaf) => tree.add(leaf), findings, each);
    documents += one.documents;
    encoded += one.encoded;
    done += file.bytes;
  }
  const whole = files.every((file) => file.textThere);
  if (whole && tree.root().toString('hex') !== manifest.corpusRoot) {
    findings.refuted(MANIFEST, 'these are other texts than the corpus root names');
  }
  if (documents === 0) return '';
  return `${count(encoded)} of ${count(documents)} documents`;
}
