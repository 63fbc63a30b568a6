// `npm run check:witness [-- --full] [--share K/N] [NAME...]`: runs of PyTorch, honest and forged, recorded by the package `witness` and audited by
// `jikji audit`, in the environment that they were made in and in another one. --share: every N-th case, from the K-th on,
// since a case uses one core. Exit code 1 where a verdict is not the expected one.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { auditWitness, type WitnessAudit } from '../../src/audit/index.ts';
import { openForks, PYTHON } from '../forks.ts';
import { workFolder } from '../work-folder.ts';
import { CASES, type Case, PAIR_EVERY, RECIPE } from './cases.ts';
import { makeCorpus } from './corpus.ts';
import { type CheckOffice, openOffice } from './office.ts';
import { HOUSE, OTHERS, Programs } from './programs.ts';
import { writeTokens } from './tokens.ts';

const work = workFolder('witness');
const LLAMA = join(HOUSE, 'witness/examples/small_llama.py');
const MODELS = join(import.meta.dirname, 'models.py');
/** What the adapters' runs train. */
const CAUSAL = join(HOUSE, 'witness/tests/causal.py');

/** Variables under which products have other bits than here: nothing is shown by another environment whose bits are the same. */
async function findElsewhere(): Promise<Readonly<Record<string, string>>> {
  const program = `import torch
torch.manual_seed(0)
a, b = torch.randn(64, 512), torch.randn(512, 80)
import hashlib
for kind in (torch.float32, torch.bfloat16):
    print(hashlib.sha256((a.to(kind) @ b.to(kind)).float().numpy().tobytes()).hexdigest())`;
  for (const others of OTHERS) {
    const [here, there] = await programs.both(program, others);
    if (here.length === 2 && here.every((digest, i) => digest !== there[i])) return others;
  }
  throw new Error(
    `products have the same bits under each of ${JSON.stringify(OTHERS)}: this machine cannot show another environment`,
  );
}

/** Whether S_0 has other bits there: else it is the same one, and no tolerance was used. */
async function requireOtherOrigin(others: Readonly<Record<string, string>>) {
  const program = `import hashlib, json, sys
sys.path.insert(0, ${JSON.stringify(dirname(LLAMA))})
import small_llama
model, _ = small_llama.build(json.loads(${JSON.stringify(JSON.stringify(RECIPE))}), 7)
for name, weight in model.named_parameters():
    print(name, hashlib.sha256(weight.detach().numpy().tobytes()).hexdigest())`;
  const [here, there] = await programs.both(program, others);
  const differing = here.filter((line, i) => line !== there[i]).length;
  console.log(`     S_0 under ${JSON.stringify(others)}: ${differing} of ${here.length} parameters have other bits`);
  if (differing === 0) throw new Error('S_0 has the same bits there: its tolerance would not be tried');
}

async function make(one: Case, office: CheckOffice | undefined) {
  const { name, maker, ranks = 1, dieAt, adapter } = one;
  const run = join(work, name.replace(/[^a-z0-9]+/g, '-'));
  if (adapter) {
    const call = adapter === 'torchtitan' ? 'train_torchtitan()' : 'HuggingFace().train()';
    const program = `import os, torch\nimport adapter_runs\ntorch.set_num_threads(1)\nadapter_runs.${call}\nos.rename("run", ${JSON.stringify(run)})`;
    const { status, text } = await programs.python(['-c', program]);
    if (status !== 0) throw new Error(`${name}: ended with ${status}\n${text.slice(-2000)}`);
    return { run, code: CAUSAL };
  }
  const corpus = one.corpus ? await makeCorpus(programs, work) : {};
  const code = one.kind ? MODELS : one.optimizer === undefined ? LLAMA : withOptimizer(one.optimizer);
  const options = {
    run,
    code,
    seed: 7,
    threads: 1,
    pairEvery: PAIR_EVERY,
    keepEvery: 20,
    office: office?.url,
    ...maker,
    recipe: one.kind ? recipeOf(one.kind) : { ...RECIPE, ...corpus, ...maker?.recipe },
  };
  const start = async (more: object = {}) => {
    const file = `${run}.json`;
    writeFileSync(file, JSON.stringify({ ...options, ...more }));
    const args = [join(import.meta.dirname, 'maker.py'), file];
    const threads = { OMP_NUM_THREADS: String(options.threads) };
    const { status, text } = await (ranks === 1
      ? programs.python(args, threads)
      : programs.inRanks(args, ranks, threads));
    if (status !== 0 && !('dieAt' in more))
      throw new Error(`${name}: the training ended with ${status}\n${text.slice(-2000)}`);
  };
  for (const at of dieAt ?? []) await start({ dieAt: at });
  await start();
  return { run, code };
}

const recipeOf = ([model, optimizer, precision]: readonly [string, string, string]) => ({
  ...{ model, optimizer, precision, dropout: 0.1, shuffle: 1 },
  ...{ steps: RECIPE.steps, tokens: RECIPE.tokens },
});

/** The training code with another optimizer than AdamW. */
function withOptimizer(optimizer: string) {
  const text = readFileSync(LLAMA, 'utf8');
  const changed = text.replace(/torch\.optim\.AdamW\(groups,.*\)/, optimizer);
  if (changed === text) throw new Error(`${LLAMA} has no AdamW to stand for`);
  const folder = mkdtempSync(join(work, 'code-'));
  writeFileSync(join(folder, 'training.py'), changed);
  return join(folder, 'training.py');
}

/** The audit here, or with the variables of another environment. */
async function audited(
  one: Case,
  { run, code }: { run: string; code: string },
  office: CheckOffice | undefined,
  others: Readonly<Record<string, string>>,
) {
  Object.assign(process.env, others);
  try {
    return await auditWitness({
      folder: run,
      replay: one.replay,
      replayer: { python: programs.interpreter, code, data: work, ranks: 2, seconds: 120, bytes: 2 ** 34 },
      ...(office && { register: { text: office.text(), where: 'register' }, office: office.fingerprint }),
    });
  } finally {
    for (const variable of Object.keys(others)) delete process.env[variable];
  }
}

async function check(one: Case, other: Readonly<Record<string, string>>) {
  const started = performance.now();
  const elsewhere = one.others ?? other;
  if (one.others) await requireOtherOrigin(elsewhere);
  const office = one.office ? await openOffice() : undefined;
  let good = true;
  try {
    const made = await make(one, office);
    for (const [where, wanted] of Object.entries(one.wanted)) {
      const found = await audited(one, made, office, where === 'elsewhere' ? elsewhere : {});
      const problem = wanted(found);
      if (problem !== undefined) good = false;
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      console.log(
        `${problem === undefined ? 'ok  ' : 'FAIL'} ${one.name}, ${where}: ${found.verdict}, origin ${found.origin} (${seconds} s)${problem === undefined ? '' : `: ${problem}\n${faults(found)}`}`,
      );
      if (one.shows) console.log(`     ${figures(found)}`);
    }
    rmSync(made.run, { recursive: true, force: true });
  } finally {
    office?.close();
  }
  return good;
}

function figures({ coherence, gradients, tolerance }: WitnessAudit) {
  const most = Math.max(0, ...gradients.map(({ difference, tolerance: of }) => difference / of));
  return `differences up to ${most.toFixed(2)} of what counts as rounding (${tolerance?.difference.toExponential(1)} at most, ${tolerance?.blind} steps tell nothing); mean cosine ${coherence?.mean.toFixed(4)}, ${coherence?.deviations.toFixed(1)} deviations of ${coherence?.steps} steps`;
}

const faults = ({ checks }: WitnessAudit) =>
  checks
    .flatMap(({ name, findings }) =>
      findings.slice(0, 3).map(({ verdict, step, text }) => `       ${name} ${verdict} ${step ?? ''} ${text}`),
    )
    .join('\n');

process.env.PYTHONDONTWRITEBYTECODE = '1';
const { values: asked, positionals: names } = parseArgs({
  options: { full: { type: 'boolean', default: false }, share: { type: 'string', default: '1/1' } },
  allowPositionals: true,
});
/** With --full each program imports PyTorch itself, as a user's does. */
const forks = asked.full ? undefined : await openForks(join(work, 'forks'), ['torch', 'torch._dynamo']);
const programs = new Programs(work, forks?.python ?? PYTHON);
const [first = 0, of = 0] = asked.share.split('/').map(Number);
if (!(first >= 1 && first <= of)) throw new Error(`--share ${asked.share} is not K/N`);
try {
  const unknown = names.filter((name) => !CASES.some((one) => one.name === name));
  if (unknown.length > 0) throw new Error(`no case is named ${unknown.join(', ')}`);
  const other = await findElsewhere();
  mkdirSync(join(work, 'config'), { recursive: true });
  writeTokens(join(work, RECIPE.tokens), RECIPE.vocabSize);
  let [good, all] = [0, 0];
  const chosen = CASES.filter((one) => (names.length > 0 ? names.includes(one.name) : asked.full || !one.full));
  for (const one of chosen.filter((_, i) => i % of === first - 1)) {
    all++;
    if (await check(one, other)) good++;
  }
  console.log(`${good} of ${all} as expected`);
  process.exitCode = good === all ? 0 : 1;
} finally {
  forks?.close();
}
