// The cost of evidence in a training: the share of processor time spent in the ledger (transcript, roots, digests, statements), and the
// bytes of transcript per step. Measured by a profiler in the process, on shape s.
// usage: npm run bench:recording -- [--steps N] [--threads N]; exit code 1 where a limit is not kept

import { statSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { workFolder } from '../checks/work-folder.ts';
import { makeRun, parseRecipe, SHAPES } from '../src/foundry/index.ts';
import { kept } from './measuring.ts';
import { writeTexts } from './texts.ts';

const MAX_SHARE = 0.02;
const MAX_BYTES = 400;

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '20' },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
});
const steps = Number(values.steps);

const folder = workFolder('recording');
for (const name of ['CONFIG', 'STATE', 'CACHE']) process.env[`XDG_${name}_HOME`] = join(folder, name);

writeTexts(folder, 60);

const { hiddenSize, numHiddenLayers, numAttentionHeads, vocabSize, sequenceLength, batchSize } = SHAPES.s;
const recipe = parseRecipe(
  JSON.stringify({
    name: 'recording',
    seed: 1377,
    corpus: { sources: [{ files: '*.txt', licence: 'CC0-1.0' }] },
    tokenizer: { vocabSize },
    model: { hiddenSize, numHiddenLayers, numAttentionHeads },
    train: { steps, batchSize, sequenceLength, checkpointEvery: 10, validateEvery: 1e6, validationTokens: 1000 },
  }),
  { file: 'recording.yaml' },
);

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: 200 });
let started: NodeJS.CpuUsage | undefined;
let starting: Promise<unknown> | undefined;

const out = join(folder, 'run');
await makeRun({
  recipe,
  recipeFolder: folder,
  out,
  threads: Number(values.threads),
  resume: false,
  signal: new AbortController().signal,
  onEvent: (event) => {
    if (event.kind !== 'stage' || event.stage !== 'train' || event.state !== 'start') return;
    started = process.cpuUsage();
    starting = session.post('Profiler.start');
  },
});
const used = process.cpuUsage(started);
await starting;
const { profile } = await session.post('Profiler.stop');
const training = (used.user + used.system) / 1e6;

// A sample counts for the ledger if its stack has a function of the ledger, or one that gathers what is signed.
const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
const parents = new Map(
  profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)),
);
const seconds = new Map<string, number>();
profile.samples!.forEach((id, i) => {
  let outermost: string | undefined;
  for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
    const { functionName, url } = nodes.get(at)!.callFrame;
    const file = /\/src\/(ledger\/[a-z-]+|foundry\/make\/evidence)\.ts$/.exec(url);
    if (file) outermost = `${functionName || 'anonymous'} (${file[1]})`;
  }
  if (outermost !== undefined) seconds.set(outermost, (seconds.get(outermost) ?? 0) + profile.timeDeltas![i]! / 1e6);
});
const recording = [...seconds.values()].reduce((a, b) => a + b, 0);
const share = recording / training;
const bytes = statSync(join(out, 'transcript.jsonl')).size / steps;

for (const [name, time] of [...seconds].sort((a, b) => b[1] - a[1]).slice(0, 8)) {
  console.log(`  ${(time * 1000).toFixed(1).padStart(8)} ms  ${name}`);
}
console.log(
  `recording   ${(recording * 1000).toFixed(0)} ms of ${training.toFixed(1)} s of processor time, ${(100 * share).toFixed(2)}% (at most ${100 * MAX_SHARE}%: ${kept(share <= MAX_SHARE)})`,
);
console.log(`transcript  ${bytes.toFixed(0)} bytes a step (at most ${MAX_BYTES}: ${kept(bytes <= MAX_BYTES)})`);
if (share > MAX_SHARE || bytes > MAX_BYTES) process.exitCode = 1;
