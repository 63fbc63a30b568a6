// `jikji fleet metrics`: figures for Prometheus of the runs that go on or wait on this machine, and of the Slurm that is asked from here.

import { statSync } from 'node:fs';
import type { Command } from 'commander';
import type { Registry } from 'prom-client';
import { JikjiError } from '../base/index.ts';
import { TRANSCRIPT } from '../run-folder/index.ts';
import { type AddressOptions, addressOf, addressOptions } from './address-options.ts';
import { calledAs } from './called-as.ts';
import { serveUntilInterrupted } from './interrupt.ts';
import type { Output } from './output.ts';
import { fleet, type RunSummary, runFolder } from './rooms.ts';
import { activeJobs } from './run-jobs.ts';

const PORT = 9378;

interface Figures {
  registry: Registry;
  fill: () => Promise<void>;
}

/** Runs that go on or wait. A launcher that does not answer leaves the runs that hold their folder. */
async function activeRuns(): Promise<{ run: RunSummary; state: string; launcher: string }[]> {
  const { listRuns } = await runFolder();
  const active = [];
  for (const run of listRuns()) {
    if (run.state !== 'running' && run.state !== 'unfinished') continue;
    let [state, launcher] = [run.state === 'running' ? 'running' : undefined, 'none'] as [string | undefined, string];
    try {
      const [found] = await activeJobs(run.folder);
      if (found) [state, launcher] = [found.report.state, found.record.launcher];
    } catch (error) {
      if (!(error instanceof JikjiError)) throw error;
    }
    if (state !== undefined) active.push({ run, state, launcher });
  }
  return active;
}

async function figures(withSlurm: boolean): Promise<Figures> {
  const { Gauge, Registry } = await import('prom-client');
  const { clusterStatus } = await fleet();
  const registry = new Registry();
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[], isShown = true) =>
    new Gauge({ name: `jikji_${name}`, help, labelNames, registers: isShown ? [registry] : [] });
  const labels: ('run' | 'folder')[] = ['run', 'folder'];
  const states = gauge('run_state', '1 for the state that the run is in', [...labels, 'state', 'launcher']);
  const done = gauge('run_steps_done', 'Steps in the transcript', labels);
  const steps = gauge('run_steps', 'Steps of the whole run', labels);
  const loss = gauge('run_loss_nats', 'Loss of the last step, in nats a token', labels);
  const bits = gauge('run_validation_bits_per_byte', 'The last validation, in bits a byte', labels);
  const written = gauge(
    'run_last_step_timestamp_seconds',
    'When the last step was written, seconds since 1970',
    labels,
  );
  const up = gauge('slurm_up', '1 where Slurm answered, else 0', [], withSlurm);
  const jobs = gauge('slurm_jobs', 'Jobs of all users that have not ended', ['partition', 'state'], withSlurm);
  const processors = gauge('slurm_processors', 'Processors', ['partition', 'state'], withSlurm);

  const fillRuns = async () => {
    for (const one of [states, done, steps, loss, bits, written]) one.reset();
    for (const { run, state, launcher } of await activeRuns()) {
      const of = { run: run.name, folder: run.folder };
      states.set({ ...of, state, launcher }, 1);
      const values = [
        [done, run.stepsDone],
        [steps, run.steps],
        [loss, run.loss],
        [bits, run.valBitsPerByte],
        [written, (statSync(`${run.folder}/${TRANSCRIPT}`, { throwIfNoEntry: false })?.mtimeMs ?? 0) / 1000 || null],
      ] as const;
      for (const [one, value] of values) if (value !== null) one.set(of, value);
    }
  };
  const fillSlurm = async () => {
    jobs.reset();
    processors.reset();
    try {
      const status = await clusterStatus();
      up.set(1);
      for (const { name, processorsIdle, processorsAll } of status.partitions) {
        processors.set({ partition: name, state: 'idle' }, processorsIdle);
        processors.set({ partition: name, state: 'other' }, processorsAll - processorsIdle);
      }
      for (const { partition, state } of status.jobs) jobs.inc({ partition, state });
    } catch (error) {
      if (!(error instanceof JikjiError)) throw error;
      up.set(0);
    }
  };
  return { registry, fill: async () => void (await Promise.all([fillRuns(), withSlurm && fillSlurm()])) };
}

interface Options extends AddressOptions {
  once?: boolean;
  slurm: boolean;
}

async function metrics(output: Output, options: Options): Promise<void> {
  const { registry, fill } = await figures(options.slurm);
  if (options.once) {
    await fill();
    return output.write(await registry.metrics());
  }
  const { checkAddress, listen } = await import('../http/index.ts');
  const address = addressOf(options, PORT);
  checkAddress(address);
  // Whoever asks while figures are read gets those: Slurm is asked once at a time.
  let filling: Promise<void> | undefined;
  const current = () =>
    (filling ??= fill().finally(() => {
      filling = undefined;
    }));
  const listener = await listen(address, {
    fetch: async (request) => {
      if (new URL(request.url).pathname !== '/metrics' || request.method !== 'GET')
        return new Response('GET /metrics\n', { status: 404 });
      await current();
      return new Response(await registry.metrics(), { headers: { 'Content-Type': registry.contentType } });
    },
  });
  output.line(`Figures for Prometheus at ${listener.url}/metrics until Ctrl-C.`);
  await serveUntilInterrupted(listener, () => {});
}

export function addMetrics(fleet: Command, output: Output): void {
  const verb = fleet
    .command('metrics')
    .summary('figures for Prometheus of the runs that go on')
    .description(
      'Answers GET /metrics with figures for Prometheus: state, steps, loss and validation of the runs of this machine that go on or wait, and the queue and processors of its Slurm. It listens on this machine alone where nothing else is said, and asks for no password.',
    );
  addressOptions(verb, PORT)
    .option('--once', 'print them and end: for a collector of text files')
    .option('--no-slurm', 'do not ask Slurm')
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} fleet metrics\n  $ ${calledAs()} fleet metrics --once > jikji.prom`,
    )
    .action((options: Options) => metrics(output, options));
}
