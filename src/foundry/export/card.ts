// The model card of a run: README.md for the Hub, written from the run's facts. Reads no files.

import { stringify } from 'yaml';
import { count } from '../../base/index.ts';
import { parentOf, usedTokensOf } from '../../ledger/index.ts';
import { originName } from '../corpus/index.ts';
import { type Compared, compareWithBaseline, MIN_QUESTIONS, STANDARD_ERRORS } from '../evaluate/index.ts';
import { architectureOf, headDim, type ModelConfig, parameterCount } from '../model/index.ts';
import type { Evaluation } from './evaluations.ts';
import { cell, code, number, signedIn, table } from './markdown.ts';
import type { RunFacts } from './run-facts.ts';

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(2);

/** The languages as the Hub accepts them: primary subtags only. */
function languages({ sources }: RunFacts['manifest']): string[] {
  const primary = sources.map((source) => source.language.split('-')[0].toLowerCase());
  return [...new Set(primary)]
    .filter((tag) => /^[a-z]{2,3}$/.test(tag) && tag !== 'und')
    .map((tag) => (tag === 'mul' ? 'multilingual' : tag))
    .sort();
}

/** What a model does with a text that it is given. */
const CONTINUES =
  'It continues texts; it is not tuned to talk or to follow instructions. Put `<|endoftext|>` before every text: in training each document begins after one.';
const TALKS =
  'It was trained on conversations and answers by the template in `chat_template.jinja`, which writes everything that stands around a message, `<|endoftext|>` before the first one too if that was so in training.';

/** The card of a run's model. `note` is the model's note if its training is not finished. */
export function modelCard(
  facts: RunFacts,
  evaluations: readonly Evaluation[],
  config: ModelConfig,
  note: string | undefined,
): string {
  const { recipe, manifest } = facts;
  const architecture = architectureOf(config);
  const front = {
    ...(languages(manifest).length > 0 ? { language: languages(manifest) } : {}),
    license: 'unknown',
    library_name: 'transformers',
    pipeline_tag: 'text-generation',
    tags: ['jikji', architecture.name, recipe.chat ? 'conversational' : 'base-model'],
  };
  return `---
${stringify(front)}---

# ${cell(recipe.name)}

A ${recipe.chat ? '' : 'base '}language model of the ${architecture.title} architecture. By its maker's word, which this card repeats and does not check, it was trained from
${beginning(facts)} with Jikji, on the texts below. What of that an auditor has confirmed, and how far, \`jikji audit\` tells: see
"Evidence". ${recipe.chat ? TALKS : CONTINUES}
${note === undefined ? '' : `\n**${note}**\n`}
Its maker has not stated a licence of the weights. The licences of the texts stand below, by his word.

## Shape

${shape(config)}

## Data

${data(facts)}

## Training

${training(facts)}

## Evaluation

${evaluation(facts, evaluations)}

## Evidence

${evidence(facts)}
`;
}

/** What its weights were at step 0, as genesis says it. */
function beginning({ genesis, recipe: { from } }: RunFacts): string {
  const parent = parentOf(genesis.predicate.commitment);
  if (!parent) return 'random weights';
  const path = code(from ? ('run' in from ? from.run : from.model) : '');
  if ('seal' in parent) return `the weights of another run (${path}; its seal has the SHA-256 \`${parent.seal}\`)`;
  const files = parent.files.map(({ name, sha256 }) => `${code(name)} ${code(sha256)}`).join(', ');
  return `the weights of a model whose making it does not show (${path}; SHA-256 of ${files})`;
}

/** The card of a folder without a card. */
export const foreignCard = (name: string, config: ModelConfig): string => `---
${stringify({ license: 'unknown', library_name: 'transformers', pipeline_tag: 'text-generation', tags: [architectureOf(config).name] })}---

# ${cell(name)}

A language model of the ${architectureOf(config).title} architecture, written as float32 by Jikji, which did not train it: of its texts, its training and its
licence nothing is known here.

${shape(config)}
`;

const shape = (c: ModelConfig) =>
  table(
    [
      'parameters',
      'layers',
      'hidden',
      'feed-forward',
      'heads (key-value)',
      'head size',
      'vocabulary',
      'context',
      'head',
    ],
    [
      [
        count(parameterCount(c)),
        `${c.numHiddenLayers}`,
        `${c.hiddenSize}`,
        `${c.intermediateSize}`,
        `${c.numAttentionHeads} (${c.numKeyValueHeads})`,
        `${headDim(c)}`,
        count(c.vocabSize),
        `${c.maxPositionEmbeddings} tokens`,
        c.tieWordEmbeddings ? 'tied' : 'its own',
      ],
    ],
  );

function data({ manifest, bySource, bySourceBefore }: RunFacts): string {
  const hasBefore = bySourceBefore.length > 0;
  const rows = manifest.sources.map(({ origin, language, licence, bytes, counts, weight }, i) => [
    cell('npm' in origin ? `${origin.npm} (${origin.path.join(', ')})` : originName(origin)),
    cell(language),
    cell(licence),
    megabytes(bytes.train + bytes.validation),
    count(counts.kept),
    Object.entries(counts.dropped)
      .map(([rule, n]) => `${cell(rule)} ${count(n)}`)
      .join(', ') || '0',
    `${weight}`,
    ...(hasBefore ? [bySourceBefore[i]?.toFixed(3) ?? ''] : []),
    bySource[i]?.toFixed(3) ?? '',
  ]);
  const { documents, bytes } = manifest;
  const head = ['text', 'language', 'licence', 'MB', 'documents', 'left out', 'weight'];
  head.push(...(hasBefore ? ['bits per byte before step 1'] : []), 'bits per byte');
  return `${table(head, rows)}

${count(documents.train)} documents (${megabytes(bytes.train)} MB) to train on, ${count(documents.validation)} (${megabytes(bytes.validation)} MB) held out.
Where the texts come from and under which licence is the maker's word, unless an audit compared them with their sources
(\`jikji audit --sources DIR\` or \`--fetch\`).
Bits per byte are those of a source's held-out part, as the maker's training measured them.`;
}

function training({ recipe, genesis, seal }: RunFacts): string {
  const t = recipe.train;
  const { device, threads, version } = genesis.predicate.circumstances;
  const adamw = `AdamW (beta ${t.beta1} and ${t.beta2})`;
  const optimizer =
    t.optimizer === 'muon'
      ? `Muon (momentum ${t.momentum}) for the matrices of the layers, ${adamw} for all other weights`
      : adamw;
  const places = t.steps * t.batchSize * t.sequenceLength;
  const used = seal && usedTokensOf(seal.predicate);
  const tokens = recipe.chat && used === undefined ? `at most ${count(places)}` : count(used ?? places);
  return [
    `- ${count(t.steps)} steps of ${t.batchSize} sequences of ${t.sequenceLength} tokens: ${tokens} tokens`,
    `- ${optimizer}, weight decay ${t.weightDecay}, learning rate ${number(t.learningRate)} to ${number(t.minLearningRate)}, schedule ${t.schedule}, ${t.warmupSteps} steps of warm-up, gradient norm up to ${t.gradClip}`,
    ...(t.dpoBeta === undefined
      ? []
      : [`- learned from pairs of answers by DPO (beta ${t.dpoBeta}), compared with the weights before step 1`]),
    `- float32, seed \`0x${genesis.predicate.commitment.seed}\``,
    `- begun on ${cell(device)}, ${threads} threads, with Jikji ${cell(version)} (as the maker says)`,
  ].join('\n');
}

/** The results of whole tasks. Results of parts are in the statements only, but for those beside a baseline. */
function evaluation({ seal, genesis, recipe }: RunFacts, evaluations: readonly Evaluation[]): string {
  const bits = seal?.predicate.valBitsPerByte;
  const ofSeal = seal && [
    ['held-out text', 'bits per byte', bits == null ? 'not measured' : bits.toFixed(4), '', '', 'the seal'],
  ];
  const rows = evaluations.flatMap((one) => {
    const { predicate: p } = one;
    return p.results
      .filter(({ part }) => part === null)
      .map(({ metric, value, stderr, n }) => [
        cell(p.name) + (p.fewshot > 0 ? `, ${p.fewshot} examples` : ''),
        cell(metric),
        value === null ? '' : number(value),
        stderr === null ? '' : number(stderr),
        n === p.of ? count(n) : `${count(n)} of ${count(p.of)}`,
        signedIn(one, genesis.keyid),
      ]);
  });
  if (!ofSeal && rows.length === 0) return 'None yet: the run is not finished.';
  return `${table(['task', 'metric', 'value', 'standard error', 'items', 'signed in'], [...(ofSeal ?? []), ...rows])}

Signed in: the first digits of a statement's SHA-256, and of the key where it is not the maker's.${recipe.chat ? baselines(evaluations, genesis.keyid) : ''}`;
}

function evidence({ genesis, seal, recipe }: RunFacts): string {
  const rows = [
    ['genesis (signed, by the maker’s word before the first step)', genesis.digest],
    ['maker key', genesis.keyid],
    ['state before the first step', genesis.predicate.commitment.stateRoot],
  ];
  if (seal) {
    rows.push(
      ['seal (signed at the end)', seal.digest],
      ['transcript head', seal.predicate.head],
      ['state at the end', seal.subjects.get('state') ?? ''],
      ['model.safetensors', seal.subjects.get('model/model.safetensors') ?? ''],
    );
  }
  const digests = table(
    ['what', 'SHA-256'],
    rows.map(([what, digest]) => [what, `\`${digest}\``]),
  );
  if (!seal) return `${digests}\n\nThe run is not finished; nothing of its end is signed yet.`;
  return `${digests}

The seal names \`model.safetensors\`, \`config.json\` and \`tokenizer.json\` of this folder by these digests. Whoever has the run or its
bundle can train any part of it again and compare, bit for bit; only an audit of every step shows that nothing else was done:

\`\`\`sh
sha256sum model.safetensors
jikji audit ${recipe.name}.tar --maker ${genesis.keyid} --replay all
\`\`\``;
}

// The part of a model card that says where the model's answers are no better than a baseline's.

/** The limit of a task's parts on a card. */
const MAX_PARTS = 100;
const HEAD = ['asked', 'questions', 'right', 'baseline', 'difference', 'standard error', 'beats the baseline'];

/**
 * Says of each task with a baseline which of its parts the model answers better, or that no such task was asked. Begins a paragraph.
 * Evaluations of another key than `makerKey` name it.
 */
function baselines(evaluations: readonly Evaluation[], makerKey: string): string {
  const tasks = evaluations.flatMap((evaluation) => {
    const parts = compareWithBaseline(evaluation.predicate.results);
    return parts.length > 0 ? [section(evaluation, signedIn(evaluation, makerKey), parts)] : [];
  });
  if (tasks.length === 0) {
    return '\n\nWhether it answers better than a baseline was not measured: nothing here shows that its answers are right.';
  }
  return `

A baseline is what a task's file states beside each right answer: an answer that needs no model, such as the commonest one of its kind in
training, or the answer of another model. A model beats it where the share of right answers is larger by at least ${STANDARD_ERRORS} standard errors of the
difference, question by question, on at least ${MIN_QUESTIONS} questions.
${tasks.join('')}`;
}

function section({ predicate: { name, n, of } }: Evaluation, signed: string, parts: readonly Compared[]): string {
  const rows = parts
    .slice(0, MAX_PARTS)
    .map(({ part, n, exact, baseline, difference, stderr, beats }) => [
      cell(part ?? name),
      `${n}`,
      ...[exact, baseline, difference].map(number),
      stderr === null ? '' : number(stderr),
      beats ? 'yes' : '**no**',
    ]);
  const behind = parts.filter(({ beats }) => !beats).map(({ part }) => cell(part ?? name));
  const others = behind.length > MAX_PARTS ? ` and ${behind.length - MAX_PARTS} others` : '';
  const verdict =
    behind.length === 0
      ? 'It beats the baseline in every part.'
      : `**It does not beat the baseline in: ${behind.slice(0, MAX_PARTS).join(', ')}${others}.** Nothing shows that it can answer these.`;
  return `
### ${cell(name)}${n === of ? '' : `, ${n} of ${of} questions`}

${table(HEAD, rows)}
${parts.length > MAX_PARTS ? `\nThe first ${MAX_PARTS} of ${parts.length} parts.\n` : ''}
${verdict} Signed in ${signed}.
`;
}
