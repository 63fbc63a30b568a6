// `npm run check:witness-segments [-- --seeds N] [--liars] [--out FILE.jsonl] [--share K/N] [NAME...]`: how segments of small models of several kinds,
// recorded in one environment, are judged in another. Honest ones must not be refuted (exit code 1 where one is); of liars it prints what is
// seen. NAME: model/optimizer/precision. bench/witness.md has the figures of a dated run.

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { auditWitness } from '../../src/audit/index.ts';
import { openForks } from '../forks.ts';
import { workFolder } from '../work-folder.ts';
import { AVX2, Programs } from './programs.ts';
import { writeTokens } from './tokens.ts';

type Variables = Readonly<Record<string, string>>;

const DEFAULT: Variables = {
  ATEN_CPU_CAPABILITY: 'default',
  ONEDNN_MAX_CPU_ISA: 'SSE41',
  OPENBLAS_CORETYPE: 'Nehalem',
};
/** Where a run was made, and where it is audited. Without variables: all that this machine has. */
const PLACES: readonly [string, Variables, Variables][] = [
  ['avx2, here', AVX2, {}],
  ['default, here', DEFAULT, {}],
  ['older oneDNN, here', { ONEDNN_MAX_CPU_ISA: 'AVX512_CORE', OPENBLAS_CORETYPE: 'Haswell' }, {}],
  ['here, avx2', {}, AVX2],
  ['default, avx2', DEFAULT, AVX2],
];
const KINDS = [
  ['transformer', 'adamw', 'float32'],
  ['transformer', 'adamw', 'autocast'],
  ['transformer', 'adamw', 'bfloat16'],
  ['transformer', 'muon', 'float32'],
  ['transformer', 'sgd', 'autocast'],
  ['convolutions', 'nesterov', 'float32'],
  ['convolutions', 'adamw', 'autocast'],
  ['recurrent', 'adam', 'float32'],
  ['recurrent', 'rmsprop', 'float32'],
  ['experts', 'adamw', 'float32'],
  ['experts', 'adamw', 'autocast'],
  ['averaged', 'sgd', 'float32'],
  ['averaged', 'muon', 'autocast'],
] as const;
/** What a liar does to every step but the first; the recorded batches and learning rates stay true. */
const LIES = ['frozen', 'other-data', 'sequence', 'rate', 'noise'];
const STEPS = 60;

const { values: asked, positionals: names } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    from: { type: 'string', default: '1' },
    liars: { type: 'boolean', default: false },
    out: { type: 'string' },
    share: { type: 'string', default: '1/1' },
  },
  allowPositionals: true,
});
const [first = 0, of = 0] = asked.share.split('/').map(Number);
const work = workFolder('segments');
process.env.PYTHONDONTWRITEBYTECODE = '1';
const forks = await openForks(join(work, 'forks'), ['torch', 'torch._dynamo']);
const programs = new Programs(work, forks.python);
const CODE = join(import.meta.dirname, 'models.py');

interface Made {
  kind: readonly string[];
  keepEvery: number;
  seed: number;
  lie: string | undefined;
}

async function make({ kind, keepEvery, seed, lie }: Made, variables: Variables) {
  const [model, optimizer, precision] = kind;
  const run = mkdtempSync(join(work, 'run-'));
  const recipe = {
    model,
    optimizer,
    precision,
    dropout: model === 'transformer' ? 0.1 : 0,
    shuffle: seed,
    steps: STEPS,
    tokens: 'tokens.bin',
  };
  const forgery = lie && { kind: lie, steps: Array.from({ length: STEPS - 1 }, (_, i) => i + 2) };
  const options = { run, code: CODE, seed, threads: 1, pairEvery: 0, keepEvery, recipe, ...(forgery && { forgery }) };
  const file = `${run}.json`;
  writeFileSync(file, JSON.stringify(options));
  const { status, text } = await programs.python([join(import.meta.dirname, 'maker.py'), file], variables);
  if (status !== 0) throw new Error(text.slice(-2000));
  return run;
}

async function audited(run: string, variables: Variables) {
  Object.assign(process.env, variables);
  try {
    const replayer = { python: programs.interpreter, code: CODE, data: work, ranks: 1, seconds: 120, bytes: 2 ** 34 };
    return await auditWitness({ folder: run, replay: 'all', replayer });
  } finally {
    for (const variable of Object.keys(variables)) delete process.env[variable];
  }
}

const tally = new Map<
  string,
  { within: number; refuted: number; 'not-told': number; times: number; furthest: number; own: number }
>();
let alarms = 0;
try {
  mkdirSync(join(work, 'config'), { recursive: true });
  writeTokens(join(work, 'tokens.bin'), 128);
  const wanted = KINDS.filter((kind) => names.length === 0 || names.includes(kind.join('/')));
  const cases = wanted.flatMap((kind) =>
    Array.from({ length: Number(asked.seeds) }, (_, i) => i + Number(asked.from)).flatMap((seed) =>
      PLACES.flatMap(([place, made, audit], j) =>
        (asked.liars ? LIES : [undefined]).map((lie) => ({
          kind,
          seed,
          place,
          made,
          audit,
          lie,
          keepEvery: [5, 10, 6, 20, 5][(j + seed) % 5]!,
        })),
      ),
    ),
  );
  for (const one of cases.filter((_, i) => i % of === first - 1)) {
    const run = await make(one, one.made);
    const { elsewhere, checks } = await audited(run, one.audit);
    rmSync(run, { recursive: true, force: true });
    const name = `${one.kind.join('/')}${one.lie ? `, ${one.lie}` : ''}`;
    const row = tally.get(name) ?? { within: 0, refuted: 0, 'not-told': 0, times: 0, furthest: 0, own: 0 };
    tally.set(name, row);
    for (const { verdict, times, furthest, own } of elsewhere?.spans ?? []) {
      row[verdict]++;
      row.times = Math.max(row.times, times);
      row.furthest = Math.max(row.furthest, furthest?.times ?? 0);
      row.own = Math.max(row.own, own);
    }
    const faults = checks.flatMap((check) =>
      check.findings.map(
        (found) => `${check.name} ${found.verdict} ${found.step ?? ''} ${found.tensor ?? ''} ${found.text}`,
      ),
    );
    const refuted = checks.filter(({ verdict }) => verdict === 'refuted').map((check) => check.name);
    if (!one.lie && refuted.length > 0) alarms++;
    const all = elsewhere?.spans ?? [];
    const said = all.map(({ verdict }) => ({ within: '.', refuted: 'X', 'not-told': '?' })[verdict]).join('');
    console.log(
      `${name}, ${one.place}, every ${one.keepEvery}, seed ${one.seed}: ${said || '-'} ${refuted.join(', ')}`,
    );
    if ((!one.lie && refuted.length > 0) || all.length === 0) console.log(`     ${faults.slice(0, 4).join('\n     ')}`);
    if (asked.out)
      appendFileSync(asked.out, `${JSON.stringify({ ...one, refuted, spans: all, faults: faults.slice(0, 20) })}\n`);
  }
} finally {
  forks.close();
}
console.log(
  '\nsegments: within, refuted, not told; largest times in the median, of a tensor; largest rounding beside the way',
);
for (const [name, row] of tally)
  console.log(
    `${name}: ${row.within}, ${row.refuted}, ${row['not-told']}; ${row.times.toFixed(1)}, ${row.furthest.toFixed(1)}; ${row.own.toExponential(1)}`,
  );
console.log(asked.liars ? '' : `${alarms} honest runs were refuted`);
process.exitCode = alarms > 0 ? 1 : 0;
