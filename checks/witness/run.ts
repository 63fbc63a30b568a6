// `npm run check:witness [-- --full] [NAME...]`: runs of PyTorch, honest and forged, recorded by the package `witness` and audited by
// `jikji audit`, in the environment that they were made in and in another one. Exit code 1 where a verdict is not the expected one.

import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditWitness, type WitnessAudit } from '../../src/audit/index.ts';
import { CASES, type Case, RECIPE } from './cases.ts';

/** Debian's Python, which has python3-torch; another Python that is first on PATH does not. */
const PYTHON = process.env.PYTHON ?? '/usr/bin/python3';
const house = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'jikji-witness-'));
const code = join(house, 'witness/examples/small_llama.py');
/** All three libraries must take another instruction set: docs/witness.md. */
const OTHER = { ATEN_CPU_CAPABILITY: 'avx2', ONEDNN_MAX_CPU_ISA: 'AVX2', OPENBLAS_CORETYPE: 'Haswell' };

const environment = (more: Record<string, string> = {}) => ({
  ...process.env,
  PYTHONPATH: join(house, 'witness'),
  PYTHONDONTWRITEBYTECODE: '1',
  XDG_CONFIG_HOME: join(work, 'config'),
  XDG_STATE_HOME: join(work, 'state'),
  USE_LIBUV: '0',
  GLOO_SOCKET_IFNAME: 'lo',
  ...more,
});

function python(args: readonly string[], more?: Record<string, string>): { status: number | null; text: string } {
  const done = spawnSync(PYTHON, args, { cwd: work, env: environment(more), encoding: 'utf8', timeout: 600_000 });
  if (done.error)
    throw new Error(`${PYTHON}: ${done.error.message}; on Debian: apt-get install python3-torch python3-cryptography`);
  return { status: done.status, text: done.stdout + done.stderr };
}

/** One process for each rank, which meet at a file. */
function inRanks(args: readonly string[], ranks: number, more: Record<string, string>): ReturnType<typeof python> {
  const meet = join(work, `meet-${randomUUID()}`);
  const start =
    'for RANK in $(seq 0 $((WORLD_SIZE - 1))); do RANK=$RANK LOCAL_RANK=$RANK "$@" & ids="$ids $!"; done; for id in $ids; do wait $id || exit 1; done';
  const env = environment({ ...more, WORLD_SIZE: String(ranks), MEET: meet });
  const done = spawnSync('sh', ['-c', start, 'sh', PYTHON, ...args], {
    cwd: work,
    env,
    encoding: 'utf8',
    timeout: 600_000,
  });
  return { status: done.status, text: done.stdout + done.stderr };
}

/** Nothing is shown by another environment whose bits are the same. */
function requireOtherBits(): void {
  const program = `import torch
torch.manual_seed(0)
a, b = torch.randn(64, 512), torch.randn(512, 80)
import hashlib
for kind in (torch.float32, torch.bfloat16):
    print(hashlib.sha256((a.to(kind) @ b.to(kind)).float().numpy().tobytes()).hexdigest())`;
  const [here, there] = [python(['-c', program]), python(['-c', program], OTHER)];
  const [f32, bf16] = here.text.trim().split('\n');
  const [otherF32, otherBf16] = there.text.trim().split('\n');
  if (here.status !== 0 || !bf16 || f32 === otherF32 || bf16 === otherBf16)
    throw new Error(
      `products have the same bits under ${JSON.stringify(OTHER)}: this machine cannot show another environment`,
    );
}

function make({ name, maker, ranks = 1, dieAt }: Case): string {
  const run = join(work, name.replace(/[^a-z0-9]+/g, '-'));
  const options = {
    run,
    code,
    seed: 7,
    threads: 1,
    pairEvery: 4,
    keepEvery: 20,
    ...maker,
    recipe: { ...RECIPE, ...maker?.recipe },
  };
  const start = (more: object = {}): void => {
    const file = `${run}.json`;
    writeFileSync(file, JSON.stringify({ ...options, ...more }));
    const args = [join(import.meta.dirname, 'maker.py'), file];
    const threads = { OMP_NUM_THREADS: String(options.threads) };
    const { status, text } = ranks === 1 ? python(args, threads) : inRanks(args, ranks, threads);
    if (status !== 0 && !('dieAt' in more))
      throw new Error(`${name}: the training ended with ${status}\n${text.slice(-2000)}`);
  };
  for (const at of dieAt ?? []) start({ dieAt: at });
  start();
  return run;
}

async function check(one: Case): Promise<boolean> {
  const started = performance.now();
  const run = make(one);
  let good = true;
  for (const [where, wanted] of Object.entries(one.wanted)) {
    if (where === 'elsewhere') Object.assign(process.env, OTHER);
    const found = await auditWitness({
      folder: run,
      replay: one.replay,
      replayer: { python: PYTHON, code, data: work, ranks: 2, seconds: 120, bytes: 2 ** 34 },
    });
    for (const variable of Object.keys(OTHER)) delete process.env[variable];
    const problem = wanted(found);
    if (problem !== undefined) good = false;
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(
      `${problem === undefined ? 'ok  ' : 'FAIL'} ${one.name}, ${where}: ${found.verdict} (${seconds} s)${problem === undefined ? '' : `: ${problem}\n${faults(found)}`}`,
    );
    const { coherence, gradients, tolerance } = found;
    const most = Math.max(0, ...gradients.map(({ difference, tolerance: of }) => difference / of));
    if (one.shows)
      console.log(
        `     differences up to ${most.toFixed(2)} of what counts as rounding (${tolerance?.difference.toExponential(1)} at most, ${tolerance?.blind} steps tell nothing); mean cosine ${coherence?.mean.toFixed(4)}, ${coherence?.deviations.toFixed(1)} deviations of ${coherence?.steps} steps`,
      );
  }
  rmSync(run, { recursive: true, force: true });
  return good;
}

const faults = ({ checks }: WitnessAudit): string =>
  checks
    .flatMap(({ name, findings }) =>
      findings.slice(0, 3).map(({ verdict, step, text }) => `       ${name} ${verdict} ${step ?? ''} ${text}`),
    )
    .join('\n');

process.env.PYTHONDONTWRITEBYTECODE = '1';
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const isFull = process.argv.includes('--full');
try {
  requireOtherBits();
  mkdirSync(join(work, 'config'), { recursive: true });
  // Text that can be learned, and not by heart: each token is one of eight that follow the one before.
  const tokens = Buffer.alloc(2 * 40_000);
  let [token, random] = [1, 1];
  for (let i = 0; i < 40_000; i++) {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    token = (token * 7 + ((random >>> 16) & 7)) % RECIPE.vocabSize;
    tokens.writeUInt16LE(token, 2 * i);
  }
  writeFileSync(join(work, 'tokens.bin'), tokens);
  let [good, all] = [0, 0];
  for (const one of CASES) {
    if (names.length > 0 ? !names.includes(one.name) : one.full && !isFull) continue;
    all++;
    if (await check(one)) good++;
  }
  console.log(`${good} of ${all} as expected`);
  process.exitCode = good === all ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
