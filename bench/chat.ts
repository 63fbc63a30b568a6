// `npm run bench:chat -- RUN [--parent RUN] [--out DIR] [--seed N]`: asks a run of recipes/hello-chat.yaml its held-out questions, and compares
// each kind with two baselines: the commonest answer in training, and the same recipe trained on shuffled answers, which it makes in DIR
// (default: RUN-shuffled; minutes). Both evaluations are signed into RUN/evaluations, so that the card of an export says where the run is
// not better. Ends with exit code 1 if less than 95% of the answers end their turn.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';
import { defaultThreads, JikjiError } from '../src/base/index.ts';
import { compareWithBaseline, type EvaluateResult, openTalk } from '../src/foundry/index.ts';
import { parentOf, readStatement } from '../src/ledger/index.ts';
import { runPaths } from '../src/run-folder/index.ts';
import { processor } from './measuring.ts';
import { shuffleAnswers } from './shuffled-answers.ts';

const USAGE = 'npm run bench:chat -- RUN [--parent RUN] [--out DIR] [--seed N]';
const READER = 'wordnet-exercises';
const TASK = join(import.meta.dirname, '../tasks/hello-chat');
const JIKJI = join(import.meta.dirname, '../bin/jikji');
const MIN_TURNS = 0.95;

interface Source {
  read: string;
  [key: string]: unknown;
}

/** Writes the shuffled conversations of a run, and its recipe over them. Files that are there already must say the same. */
function writeShuffled(run: string, out: string, { parent, seed }: { parent: string | undefined; seed: number }) {
  if (!existsSync(runPaths(run).seal)) throw new JikjiError('usage', 'there is no finished run', run, USAGE);
  const recipe = parse(readFileSync(runPaths(run).recipe, 'utf8'));
  const manifest = JSON.parse(readFileSync(runPaths(run).manifest, 'utf8'));
  const sources: Source[] = recipe.corpus.sources;
  if (sources.length !== 1 || sources[0]!.read !== READER || recipe.from?.run === undefined)
    throw new JikjiError('usage', `is not tuned on ${READER} alone`, run, 'name a run of recipes/hello-chat.yaml');
  const { train, validation } = manifest.sources[0].files;
  const documents = [train, validation].flatMap(({ name }) =>
    readFileSync(join(run, 'corpus', name), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).text as string),
  );
  const { language, licence, weight } = sources[0]!;
  recipe.name = `${recipe.name}-shuffled`;
  recipe.from = { run: resolve(parent ?? join(import.meta.dirname, '../recipes', recipe.from.run)) };
  recipe.corpus.sources = [{ files: 'shuffled.jsonl', read: 'conversations', language, licence, weight }];
  mkdirSync(out, { recursive: true });
  const files = {
    'shuffled.jsonl': `${shuffleAnswers(documents, seed).join('\n')}\n`,
    'shuffled.yaml': stringify(recipe),
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(out, name);
    if (existsSync(path) && readFileSync(path, 'utf8') !== text)
      throw new JikjiError('usage', 'is of another run or seed', path, 'name another folder: --out DIR');
    writeFileSync(path, text);
  }
}

function makeShuffled(out: string) {
  const run = join(out, 'run');
  if (existsSync(runPaths(run).seal)) return run;
  const resume = existsSync(run) ? ['--resume'] : [];
  const done = spawnSync(JIKJI, ['make', join(out, 'shuffled.yaml'), '--out', run, ...resume], { stdio: 'inherit' });
  if (done.status === 0) return run;
  throw new JikjiError('bench-child', `ended with ${done.status ?? done.signal}`, 'jikji make', 'see above');
}

/** The seal of the run that a run began with. */
function parentSeal(run: string) {
  const parent = parentOf(readStatement(runPaths(run).genesis, 'genesis').predicate.commitment);
  return parent && 'seal' in parent ? parent.seal : '';
}

interface Question {
  kind: string;
  question: string;
}

/** The likeliest answer of a model to each question. */
async function answersOf(model: string, questions: readonly Question[]) {
  const choice = { temperature: 0, topK: 0, topP: 1, seed: 0 };
  const talk = await openTalk({ ...choice, model, maxTokens: 96, threads: defaultThreads() });
  const answers: string[] = [];
  try {
    for (const { question } of questions) {
      answers.push((await talk.say(question, { onText: () => {} })).text);
      talk.reset();
    }
  } finally {
    talk.close();
  }
  return answers;
}

/** Writes the task that has another model's answers as its baseline. Returns its file. */
function writeTask(out: string, questions: readonly Question[], answers: readonly string[]) {
  const rows = questions.map((row, i) => `${JSON.stringify({ ...row, commonest: undefined, shuffled: answers[i] })}\n`);
  writeFileSync(join(out, 'questions.jsonl'), rows.join(''));
  const task = parse(readFileSync(`${TASK}.yaml`, 'utf8'));
  const file = join(out, 'hello-chat-beside-shuffled.yaml');
  const data = { ...task.data, file: 'questions.jsonl' };
  writeFileSync(file, stringify({ ...task, data, baseline: '{{ shuffled }}' }));
  return file;
}

const evaluate = (run: string, tasks: readonly string[]): EvaluateResult =>
  JSON.parse(
    execFileSync(JIKJI, ['eval', run, ...tasks.flatMap((task) => ['--task', task]), '--json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );

const percent = (x: number) => `${(100 * x).toFixed(1)}%`;

function table({ results }: EvaluateResult) {
  const of = (name: string) => compareWithBaseline(results.filter(({ task }) => task === name));
  const shuffled = of('hello-chat-beside-shuffled');
  const head = ['kind', 'n', 'exact', 'commonest', 'difference', 'beats', 'shuffled', 'difference', 'beats'];
  const rows = of('hello-chat').map((commonest, i) => [
    commonest.part ?? '',
    `${commonest.n}`,
    percent(commonest.exact),
    ...[commonest, shuffled[i]!].flatMap(({ baseline, difference, stderr, beats }) => [
      percent(baseline),
      `${percent(difference)} ± ${percent(stderr ?? Number.NaN)}`,
      beats ? 'yes' : 'no',
    ]),
  ]);
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map(line).join('\n');
}

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { parent: { type: 'string' }, out: { type: 'string' }, seed: { type: 'string', default: '1' } },
  });
  const [run] = positionals;
  if (run === undefined || positionals.length > 1 || !/^\d{1,9}$/.test(values.seed))
    throw new JikjiError('usage', 'name one run', 'bench:chat', USAGE);
  const { out = `${resolve(run)}-shuffled`, parent, seed } = values;
  writeShuffled(run, out, { parent, seed: Number(seed) });
  const shuffled = makeShuffled(out);
  if (parentSeal(run) !== parentSeal(shuffled))
    throw new JikjiError('usage', 'did not begin with the weights that RUN began with', shuffled, 'name its --parent');
  const questions: Question[] = readFileSync(`${TASK}.jsonl`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((row) => JSON.parse(row));
  const task = writeTask(out, questions, await answersOf(shuffled, questions));
  const result = evaluate(run, [`${TASK}.yaml`, task]);
  const turns = result.results.find(({ metric, part }) => metric === 'ends_turn' && part === undefined)!.value ?? 0;
  console.log(`
${run} on ${questions.length} held-out questions; ${processor()}
${table(result)}

Exactly right answers. Baselines: the commonest answer of the kind and language in training; the same recipe on answers that are shuffled
within kind and language (seed ${seed}). ±: standard error of the difference, paired by question. "Beats": by three of them.
Answers that end their turn: ${percent(turns)}; at least ${percent(MIN_TURNS)} are asked for.`);
  process.exitCode = turns >= MIN_TURNS ? 0 : 1;
}

await main();
