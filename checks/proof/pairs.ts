// Runs that learn from pairs for both verifiers: honest ones, those of a maker who trained against another reference, and those in which a
// maker changed references, marks, pairs or beta and signed again.

import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Bench, type RecipeChanges, redoEvidence } from '../../src/audit/testing/run.ts';
import type { CheckName, Verdict } from '../../src/audit/types.ts';
import { makeText } from '../../src/foundry/index.ts';
import {
  genesisFiles,
  genesisSubjects,
  REFERENCES,
  readStatement,
  type Signer,
  signStatement,
} from '../../src/ledger/index.ts';
import { edit, reseal, resize } from './forgery.ts';

const SHARED = { language: 'mul', licence: 'CC0-1.0' };
const TALKS = { files: 'asked.jsonl', read: 'conversations', ...SHARED };
const PAIRS = { files: 'pairs.jsonl', read: 'preferences', ...SHARED };
const MORE = { files: 'more-pairs.jsonl', read: 'preferences', ...SHARED, weight: 0.5 };
const TEMPLATE =
  "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{% if m.role == 'assistant' %}\n <|stop|>{% endif %}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";

/** What is said holds turn tokens, marks and templates. */
const WORDS = ['yes', '아니', '<|end|>', '<|stop|>', '[assistant]', '\u{f0001}1\u{f0001}', '{{ 7 }}', '\n', ' x ', '0'];

/** Writes the sources and the template into the bench's folder. */
export function writePairs(bench: Bench): void {
  let state = 11;
  const below = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const said = () => `a${WORDS[below(WORDS.length)]}${below(10)}`;
  const message = (role: string) => ({ role, content: said() });
  const write = (name: string, count: number, line: (i: number) => object) =>
    writeFileSync(
      join(bench.folder, name),
      Array.from({ length: count }, (_, i) => JSON.stringify(line(i))).join('\n'),
    );
  /** Messages before an answer: a question; one of the system before it; an answer and another question. */
  const before = (i: number) => {
    const beginning = [[], [message('system')], [message('user'), message('assistant')]][i % 3]!;
    return [...beginning, message(i % 5 === 0 ? 'tool' : 'user')];
  };
  const pair = (i: number) => ({ messages: before(i), chosen: `${said()}+`, rejected: `${said()}-` });
  write('asked.jsonl', 40, (i) => ({ messages: [...before(i), message('assistant')] }));
  write('pairs.jsonl', 40, pair);
  write('more-pairs.jsonl', 24, pair);
  writeFileSync(join(bench.folder, 'pairs.jinja'), TEMPLATE);
}

const OWN = { chat: { template: 'pairs.jinja', tokens: ['<|stop|>'] } };
/** A window holds a pair: more than a context. */
const TRAIN = {
  ...{ steps: 3, batchSize: 2, microBatchSize: 1, sequenceLength: 64, dpoBeta: 0.3 },
  ...{ learningRate: 0.01, validationTokens: 64 },
};

interface HonestPairs {
  /** Of conversations. */
  parent: RecipeChanges;
  recipe: RecipeChanges;
  /** Needs a Python that has jinja2. */
  jinja?: true;
}

const PARENT = {
  corpus: { sources: [TALKS], validation: 0.1 },
  train: { steps: 2, batchSize: 2, sequenceLength: 48 },
};

export const HONEST_PAIRS = {
  'honest, pairs': {
    parent: PARENT,
    recipe: { corpus: { sources: [PAIRS], validation: 0.2 }, train: TRAIN },
  },
  'honest, pairs of two sources by a template of its own': {
    parent: { ...PARENT, ...OWN, model: { architecture: 'qwen2', tieWordEmbeddings: false } },
    recipe: {
      ...{ ...OWN, corpus: { sources: [MORE, PAIRS], validation: 0.3 } },
      train: {
        ...TRAIN,
        batchSize: 4,
        gradientGroups: 2,
        sequenceLength: 90,
        validationTokens: 100,
        optimizer: 'muon',
        dpoBeta: 2.5,
      },
    },
    jinja: true,
  },
} satisfies Record<string, HonestPairs>;

/** Makes the parent, and gives the recipe of a run that begins with it. */
export async function pairsRecipe(
  bench: Bench,
  signer: Signer,
  { parent, recipe }: HonestPairs,
): Promise<RecipeChanges> {
  const run = await bench.make(signer, parent);
  return { chat: {}, ...recipe, from: { run: basename(run) } };
}

export interface PairScene {
  bench: Bench;
  signer: Signer;
  recipe: RecipeChanges;
  /** A copy of an honest run. */
  run: string;
}

interface PairDeed {
  name: string;
  verdict: Exclude<Verdict, 'holds'>;
  check: CheckName;
  /** Gives the run that is judged. */
  do(scene: PairScene): string | Promise<string>;
}

const MARKS = 'corpus/source-00.train.marks';
const TEXT = 'corpus/source-00.train.jsonl';

const changeBytes = (path: string, change: (bytes: Buffer) => Uint8Array) =>
  writeFileSync(path, change(readFileSync(path)));

/** Changes the references of a run. */
const refer = (run: string, change: (references: Float64Array) => void) =>
  changeBytes(join(run, REFERENCES), (bytes) => {
    const all = new Float64Array(Uint8Array.from(bytes).buffer);
    change(all);
    return new Uint8Array(all.buffer);
  });

/** Conversations, training and held out, in the file of references. */
const countOf = (run: string, split: 'train' | 'validation') =>
  2 * JSON.parse(readFileSync(join(run, 'corpus/tokens.json'), 'utf8')).sources[0][split].documents;

/** Trains with other references, from the first step on. */
async function trainAgainst({ bench, signer, recipe, run }: PairScene, change: (references: Float64Array) => void) {
  const options = { ...bench.options(recipe), signer };
  await makeText(options);
  mkdirSync(join(options.out, 'start'), { recursive: true });
  writeFileSync(join(options.out, REFERENCES), readFileSync(join(run, REFERENCES)));
  refer(options.out, change);
  return bench.make(signer, recipe, { out: options.out, resume: true });
}

/** Turns the order of the training pairs round, in texts, ids, marks and references. */
function reorder(run: string) {
  const path = (name: string) => join(run, name);
  const marks = readFileSync(path(MARKS));
  const starts = [...marks.keys()].filter((i) => (marks[i]! & 6) === 2);
  const reversed = (bytes: Buffer): Buffer => {
    const width = bytes.length / marks.length;
    const parts = starts.map((start, k) => bytes.subarray(start * width, (starts[k + 1] ?? marks.length) * width));
    return Buffer.concat(parts.reverse());
  };
  for (const name of ['corpus/source-00.train.bin', MARKS]) changeBytes(path(name), reversed);
  edit(path(TEXT), (text) => `${text.trimEnd().split('\n').reverse().join('\n')}\n`);
  refer(run, (all) => {
    const count = countOf(run, 'train');
    const before = all.slice(0, count);
    for (let i = 0; i < count; i++) all[i] = before[count - 2 - i + 2 * (i % 2)]!;
  });
}

/** Changes the first pair of the training text. */
const rewrite = (run: string, change: (pair: { chosen: string; messages: object[]; rejected: string }) => void) =>
  edit(join(run, TEXT), (text) => {
    const [first, ...others] = text.split('\n');
    const pair = JSON.parse(JSON.parse(first!).text);
    change(pair);
    return [JSON.stringify({ text: JSON.stringify(pair) }), ...others].join('\n');
  });

/** A genesis that names no references. */
function nameNone(run: string, signer: Signer) {
  const path = join(run, 'genesis.json');
  const { predicate } = readStatement(path, 'genesis');
  const { references: _, ...commitment } = predicate.commitment as typeof predicate.commitment & { references: string };
  const sizes = new Map(
    Object.entries(genesisFiles(commitment)).map(([name, file]) => [name, statSync(join(run, file)).size]),
  );
  writeFileSync(
    path,
    signStatement('genesis', genesisSubjects(commitment, sizes), { ...predicate, commitment }, signer),
  );
}

type Change = (run: string, signer: Signer) => void;

/** One change of a run. */
const changed = (
  name: string,
  check: CheckName,
  change: Change,
  verdict: PairDeed['verdict'] = 'refuted',
): PairDeed => ({
  name: `pairs: ${name}`,
  verdict,
  check,
  do: ({ run, signer }) => {
    change(run, signer);
    return run;
  },
});

/** A change after which everything is signed again. */
const signed = (name: string, check: CheckName, change: Change): PairDeed =>
  changed(name, check, (run, signer) => {
    change(run, signer);
    redoEvidence(run, signer);
  });

/** Changes of the run 'honest, pairs'. */
export const PAIR_DEEDS: readonly PairDeed[] = [
  {
    name: 'pairs: trained with references that prefer every answer',
    verdict: 'refuted',
    check: 'origin',
    do: (scene) => trainAgainst(scene, (all) => all.set(all.map((nats, i) => (i % 2 ? nats : nats + 20)))),
  },
  {
    name: 'pairs: trained with references that are rounded',
    verdict: 'refuted',
    check: 'origin',
    do: (scene) => trainAgainst(scene, (all) => all.set(all.map(Math.fround))),
  },
  signed('the last bit of a held-out reference', 'figures', (run) => {
    refer(run, (all) => {
      new Uint32Array(all.buffer)[2 * countOf(run, 'train')]! ^= 1;
    });
  }),
  signed('another beta', 'replay', (run) =>
    edit(join(run, 'recipe.yaml'), (text) => text.replace('dpoBeta: 0.3', 'dpoBeta: 0.31')),
  ),
  signed('chosen and rejected exchanged in the marks', 'schedule', (run) =>
    changeBytes(join(run, MARKS), (marks) => marks.map((mark) => (mark & 2 ? mark ^ 4 : mark))),
  ),
  signed('one of them not marked as rejected', 'schedule', (run) =>
    changeBytes(join(run, MARKS), (marks) => marks.fill(2, marks.indexOf(6), marks.indexOf(6) + 1)),
  ),
  signed('a mark that says rejected inside a conversation', 'schedule', (run) =>
    changeBytes(join(run, MARKS), (marks) => marks.fill(4, 1, 2)),
  ),
  signed('a held-out question that is learned', 'origin', (run) =>
    changeBytes(join(run, 'corpus/source-00.validation.marks'), (marks) => marks.fill(1, 2, 3)),
  ),
  signed('another order', 'schedule', reorder),
  signed('chosen and rejected exchanged in a text', 'origin', (run) =>
    rewrite(run, (pair) => {
      [pair.chosen, pair.rejected] = [pair.rejected, pair.chosen];
    }),
  ),
  signed('the same answer twice', 'origin', (run) =>
    rewrite(run, (pair) => {
      pair.rejected = pair.chosen;
    }),
  ),
  changed('references that are not there', 'structure', (run) => rmSync(join(run, REFERENCES)), 'incomplete'),
  signed('a conversation without references', 'structure', (run) =>
    changeBytes(join(run, REFERENCES), (bytes) => bytes.subarray(8)),
  ),
  changed('references altered, without new signatures', 'structure', (run) => refer(run, (all) => all.set([0], 0))),
  signed('a genesis without references', 'structure', nameNone),
  changed('a genesis with another size of the references', 'structure', (run, signer) =>
    resize(run, signer, 'genesis', (sizes) => sizes.set(REFERENCES, 8)),
  ),
  changed('a card on which more pairs are told apart', 'figures', (run, signer) => {
    edit(join(run, 'model/README.md'), (text) => text.replace(/ in \d+ of/, ' in 99 of'));
    reseal(run, signer);
  }),
];
