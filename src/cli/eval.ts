// `jikji eval MODEL`: scores a model on tasks, with progress on stderr and a table at the end.

import { type Command, Option } from 'commander';
import { count, JikjiError } from '../base/index.ts';
import { defaultSigner } from '../ledger/index.ts';
import { calledAs } from './called-as.ts';
import { evalOn } from './eval-on.ts';
import { interruptible } from './interrupt.ts';
import { openSigner } from './key.ts';
import { LiveLine } from './live-block.ts';
import { addOnOptions, type OnOptions, requireOn, requireThreads } from './on-options.ts';
import { collect, defaultThreads, parseThreads, threadsOption, wholeNumber } from './option-values.ts';
import { note, type Output } from './output.ts';
import { type EvaluateOptions, type EvaluateProgress, type EvaluateResult, foundry } from './rooms.ts';
import { duration, fit, percentColumn, table } from './text.ts';

interface Options extends OnOptions {
  task?: string[];
  limit?: number;
  peers?: string;
  items?: string;
  out?: string;
  threads: number;
  key?: string;
  resume?: boolean;
  element?: boolean;
}

const REDRAW_MS = 100;

const figure = (x: number | null): string => (x === null ? '-' : x >= 1e6 ? x.toExponential(3) : x.toFixed(4));

type Compare = Awaited<ReturnType<typeof foundry>>['compareWithBaseline'];

/** A line for each task with a baseline that the model does not beat everywhere. */
function behindBaselines(results: EvaluateResult['results'], compare: Compare): string[] {
  return [...new Set(results.map(({ task }) => task))].flatMap((task) => {
    const behind = compare(results.filter((result) => result.task === task)).filter(({ beats }) => !beats);
    if (behind.length === 0) return [];
    return [`${task}: does not beat the baseline in ${behind.map(({ part }) => fit(part ?? task, 60)).join(', ')}`];
  });
}

function describe(output: Output, result: EvaluateResult, compare: Compare): void {
  const { results, statements, tokens, seconds, digest } = result;
  const rows = results.map(({ task, part, metric, value, stderr, n }) => [
    part === undefined ? task : fit(`  ${part}`, 60),
    metric,
    figure(value),
    stderr === null ? '' : `± ${figure(stderr)}`,
    count(n),
  ]);
  output.line();
  output.lines(table([['task', 'metric', 'value', 'standard error', 'items'], ...rows], [2, 4]));
  output.line();
  output.lines(behindBaselines(results, compare));
  const speed = seconds > 0 ? ` (${count(tokens / seconds)} tokens/s)` : '';
  output.line(`${count(tokens)} tokens in ${duration(seconds)}${speed}, model ${digest.slice(0, 16)}`);
  for (const path of statements) output.line(`  ${path}`);
}

export function addEval(program: Command, output: Output): void {
  const verb = program
    .command('eval')
    .description(
      'Scores a model on tasks, as lm-evaluation-harness does, and signs what came out.\nWithout --task a run is scored on the text that it held out of its training. docs/evaluation.md says what a task is.\nWith --on each task is an element of a job, beside the others as there is room; Ctrl-C only ends the following.',
    )
    .argument('<model>', 'a run folder, a Hugging Face model folder or a GGUF file')
    .option('--task <file or name>', 'a task file, or a name such as kobest_boolq; may be given several times', collect)
    .option('--limit <n>', 'score only the first n items of each task', wholeNumber('--limit', 1))
    .option('--peers <file>', "write the results as lm-evaluation-harness's JSON too")
    .option('--items <file>', 'write what each item gave, as JSON lines')
    .option('--out <file>', 'where the statement goes: a .json file, or a folder (default: RUN/evaluations)')
    .option(threadsOption[0], threadsOption[1], parseThreads, defaultThreads())
    .option('--key <name>', 'the key that signs the result (default: your own, made on first use)')
    .addOption(new Option('--element', 'in a job: the task whose number JIKJI_ELEMENT has, from 0').hideHelp());
  addOnOptions(verb)
    .option('--resume', 'with --on: follow the job again, and have done what is missing')
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} eval runs/hello\n  $ ${calledAs()} eval runs/hello --task kobest_copa --task my-task.yaml --peers results.json\n  $ ${calledAs()} eval runs/hello --task kobest_copa --task kobest_boolq --on slurm --threads 4 --time 60`,
    )
    .action(async (model: string, options: Options, command: Command) => {
      const { on, resume, element, key } = options;
      if (on === undefined) requireOn(options);
      if (on === undefined && resume) {
        throw new JikjiError('usage', '--resume belongs to --on', '--resume', 'say where: --on slurm');
      }
      requireThreads(options, command);
      const { evaluateModel, leavePart, compareWithBaseline } = await foundry();
      const { task = [], limit, peers, out, threads } = options;
      const evaluation: EvaluateOptions = {
        model,
        tasks: element ? [taskOfElement(task)] : task,
        limit,
        peers,
        itemsOut: options.items,
        items: element,
        out,
        threads,
        signer: async () => (key === undefined ? defaultSigner(note) : await openSigner(key)),
        onNote: note,
      };
      const result =
        on === undefined
          ? await evaluateHere(evaluateModel, evaluation)
          : await evalOn({ ...options, on, resume: resume === true, key, evaluation, note });
      if ('launcher' in result) {
        const { launcher, id: job } = result;
        output.result({ model, launcher, job }, () => {
          output.line(`Submitted: ${launcher} ${job}`);
          output.line('Next: the same call with --resume follows it');
        });
        return;
      }
      if (element) leavePart(result);
      // The items' results would fill the job's log.
      output.result(element ? { statements: result.statements } : result, () =>
        describe(output, result, compareWithBaseline),
      );
    });
}

async function evaluateHere(
  evaluateModel: (options: EvaluateOptions) => Promise<EvaluateResult>,
  evaluation: EvaluateOptions,
): Promise<EvaluateResult> {
  const live = new LiveLine(process.stderr, REDRAW_MS);
  const began = performance.now();
  const onProgress = ({ task, number, count: tasks, fraction, tokens }: EvaluateProgress) => {
    const speed = tokens > 0 ? `  ${count((1000 * tokens) / (performance.now() - began))} tokens/s` : '';
    const plain = `evaluating ${task} (${number} of ${tasks}) ...`;
    live.show(`${number}/${tasks} ${task} ${percentColumn(fraction)}${speed}`, plain);
  };
  return interruptible((signal) => evaluateModel({ ...evaluation, signal, onProgress })).finally(() => live.clear());
}

function taskOfElement(tasks: readonly string[]): string {
  const { JIKJI_ELEMENT: number = '' } = process.env;
  const task = /^\d+$/.test(number) ? tasks[Number(number)] : undefined;
  if (task !== undefined) return task;
  const input = `JIKJI_ELEMENT=${number}`;
  throw new JikjiError('usage', '--element needs the number of one of the tasks, from 0', input, 'leave it out');
}
