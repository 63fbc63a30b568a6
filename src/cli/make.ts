// `jikji make RECIPE`: reads the recipe and the options, shows progress, prints what was made.

import { dirname, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { count, JikjiError, quantity, shellWord } from '../base/index.ts';
import { type MpiRanks, startedRanks } from '../fleet/index.ts';
import { RECIPE, RUNS, readSessions } from '../run-folder/index.ts';
import { calledAs } from './called-as.ts';
import { interruptible } from './interrupt.ts';
import { openSigner } from './key.ts';
import { followRun, makeOn } from './make-on.ts';
import { isUrl } from './office-address.ts';
import { HttpOffice, officeToken } from './office-client.ts';
import { addOnOptions, addRankOptions, type OnOptions, requireOn, requireThreads } from './on-options.ts';
import { collect, defaultThreads, parseThreads, threadsOption } from './option-values.ts';
import type { Output } from './output.ts';
import { createProgress } from './progress.ts';
import { runAsRank } from './ranks.ts';
import { foundry, type MakeOptions, type MakeResult } from './rooms.ts';
import { duration, short } from './text.ts';

interface Options extends OnOptions {
  out?: string;
  set?: string[];
  threads: number;
  resume?: boolean;
  texts?: string;
  until?: string;
  key?: string;
  lodge?: string;
  officeToken?: string;
}

type RunControl = Pick<MakeOptions, 'signal' | 'onEvent'>;

/** Shows the progress of `work`; on the first Ctrl-C it saves and stops. */
async function withProgress<T>(
  output: Output,
  work: (room: Awaited<ReturnType<typeof foundry>>, control: RunControl) => Promise<T>,
): Promise<T> {
  const room = await foundry();
  const progress = createProgress({ screen: output.progress });
  try {
    return await interruptible(
      (signal) => work(room, { signal, onEvent: (event) => progress.event(event) }),
      () => progress.event({ kind: 'note', text: 'Stopping: saving a checkpoint. Ctrl-C once more ends at once.' }),
    );
  } finally {
    progress.close();
  }
}

/** Runs a recipe with progress on the screen. Shared with `npm start`. */
export const makeWithProgress = (output: Output, options: Omit<MakeOptions, keyof RunControl>): Promise<MakeResult> =>
  withProgress(output, ({ makeRun }, control) => makeRun({ ...options, ...control }));

/** Tokens trained on. Older results do not say how many of its places a run with conversations used. */
const tokensOf = ({ tokens, usedTokens }: MakeResult, hasConversations: boolean): string =>
  (usedTokens === undefined && hasConversations ? 'at most ' : '') + count(usedTokens ?? tokens);

/** The result in a few lines. */
export function describeResult(output: Output, { name, chat }: MakeOptions['recipe'], result: MakeResult): void {
  const bits = Number.isFinite(result.valBitsPerByte)
    ? `, ${result.valBitsPerByte.toFixed(3)} bits per byte on validation text`
    : '';
  // Not finite if only the model was left to write.
  const speed = Number.isFinite(result.tokensPerSecond) ? `, ${count(result.tokensPerSecond)} tokens/s` : '';
  // The duration is that of the last session alone.
  const from = readSessions(result.run).at(-1)?.from ?? 0;
  const part = from === 0 ? '' : `, the last ${count(result.steps - from)} of ${quantity(result.steps, 'step')}`;
  output.line();
  output.line(`${output.style('bold', `Made ${name}`)}${part} in ${duration(result.seconds)}${bits}`);
  const { expected } = result;
  if (expected !== undefined && 'least' in expected)
    output.line(
      `  expected before training: ${expected.least.toFixed(2)} to ${expected.most.toFixed(2)} bits per byte`,
    );
  output.line(
    `  ${short(result.parameters)} parameters, ${quantity(result.steps, 'step')}, ${tokensOf(result, chat !== undefined)} tokens${speed}`,
  );
  output.line(`  run         ${result.run}`);
  output.line(`  state root  ${result.stateRoot}`);
}

export function addMake(program: Command, output: Output): void {
  const make = program
    .command('make')
    .description(
      'Runs a recipe to its end. Ctrl-C saves; --resume goes on to the same bits.\nWhere the recipe names no seed, one is drawn for the run.\nBy a job: near the end of its --time the run is saved, and queued again.',
    )
    .argument('<recipe>', 'a recipe, for example recipes/hello.yaml')
    .option(
      '--out <dir>',
      'the run folder (default: runs/NAME; with --resume and the recipe in a run folder, that one)',
    )
    .option('--set <path=value>', 'override a key of the recipe; may be given several times', collect)
    .option(threadsOption[0], threadsOption[1], parseThreads, defaultThreads())
    .option('--resume', 'go on with an unfinished run in the same folder; where there is none, a new one begins')
    .option('--texts <dir>', "the folder in which the recipe's files lie (default: the recipe's own)")
    .addOption(
      new Option('--until <stage>', 'stop when the texts are tokens, before training; --resume goes on').choices([
        'tokens',
      ]),
    )
    .option('--key <name>', 'the key that signs the run (default: your own, made on first use)')
    .option(
      '--lodge <file or url>',
      "have an office counter-sign the run before step 1: 'wait', a file with its answer, or a programme's address, which is also given the head of each kept state and the seal; from step 1 on training never waits for it, and --resume lodges what is left",
    )
    .option(
      '--office-token <file>',
      'with an address: a file with the API token of your team, readable by you alone (default: $JIKJI_OFFICE_TOKEN)',
    );
  addRankOptions(addOnOptions(make))
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} make recipes/hello.yaml --set train.steps=20 --out runs/short\n  $ ${calledAs()} make recipes/hello.yaml --resume\n  $ mpiexec -n 2 ${calledAs()} make recipes/hello.yaml --set train.gradientGroups=2   (ranks share each step)\n  $ ${calledAs()} make recipes/hello.yaml --on slurm --nodes 2 --threads 4 --time 90 --set train.gradientGroups=2`,
    )
    .action(async (file: string, options: Options, command: Command) => {
      if (options.on === undefined) requireOn(options);
      else if (startedRanks() > 1) {
        const hint = 'call it without mpiexec: --nodes and --ranks-per-node say how many';
        throw new JikjiError('usage', 'a job is submitted by one process', `--on ${options.on}`, hint);
      }
      requireThreads(options, command);
      const made =
        startedRanks() > 1
          ? await runAsRank(output, options.threads, () => prepare(output, file, options))
          : await (await prepare(output, file, options))();
      if (made) output.result(made.json, made.describe);
    });
}

/** The office that --lodge gives an address of. @throws JikjiError `office-address`, `token-...`, `usage` */
function officeOf({ lodge, officeToken: file }: Options): HttpOffice | undefined {
  if (lodge !== undefined && isUrl(lodge)) return new HttpOffice(lodge, officeToken(file));
  if (file !== undefined)
    throw new JikjiError('usage', '--office-token is for an address', '--office-token', 'give one: --lodge URL');
  return undefined;
}

/** The result, for --json and for people. */
interface Made {
  json: object;
  describe: () => void;
}

/** Checks recipe and options, and returns the function that makes the run, or its texts. */
async function prepare(output: Output, file: string, options: Options): Promise<(ranks?: MpiRanks) => Promise<Made>> {
  const { folderOfRun, parentShape, parseRunRecipe, readRecipe, readRecipeText } = await foundry();
  const recipeFolder = resolve(options.texts ?? dirname(file));
  const recipe = readRecipe(file, options.set ?? [], parentShape(recipeFolder));
  const { on, key, lodge, until, threads, resume = false } = options;
  const out = options.out ?? (resume ? folderOfRun(file) : undefined) ?? join(RUNS, recipe.name);
  const office = officeOf(options);
  if (out === '')
    throw new JikjiError('usage', '--out takes the name of a folder', "--out ''", 'leave it out for runs/NAME');
  const all = { recipe, recipeFolder, out, threads, resume };
  const { name } = recipe;
  /** Of the run's own recipe, once its folder has it: drawn where ours names none. */
  const seedOfRun = () => parseRunRecipe(readRecipeText(join(out, RECIPE)), join(out, RECIPE)).seed;
  if (until !== undefined) {
    if (on !== undefined || startedRanks() > 1) {
      const hint = 'leave it out: a job of several processes prepares its texts in one';
      throw new JikjiError('usage', '--until works in one process on this machine only', '--until', hint);
    }
    return async () => {
      await withProgress(output, ({ makeText }, control) => makeText({ ...all, ...control }));
      const describe = () => {
        output.line(`The texts of ${name} are tokens: ${shellWord(out)}`);
        output.line('Next: the same call with --resume and without --until');
      };
      return { json: { run: out, until, seed: seedOfRun() }, describe };
    };
  }
  const made = (result: MakeResult): Made => ({
    json: result,
    describe: () => {
      describeResult(output, recipe, result);
      const next = recipe.chat
        ? [`chat ${shellWord(out)}`, `console   (in the browser: Runs, ${recipe.name}, Open the playground)`]
        : [`sample ${shellWord(out)} --prompt "..."`];
      output.lines(['Next:', ...next.map((call) => `  ${calledAs()} ${call}`)]);
    },
  });
  if (on !== undefined) {
    const token = options.officeToken === undefined ? [] : ['--office-token', resolve(options.officeToken)];
    const passed = [...(key ? ['--key', key] : []), ...(lodge ? ['--lodge', lodge] : []), ...token];
    return async () => {
      const records = await makeOn({ ...options, ...all, on, passed });
      if (records.length === 0) return made(await makeWithProgress(output, all)); // finished: shows its result
      if (!options.detach) return made(await followRun(output, { run: out, recipe, records }));
      const { launcher, id: job } = records.at(-1)!;
      const describe = () => {
        output.line(`Submitted: ${launcher} ${job}`);
        output.line(`Next: ${calledAs()} runs shows how it fares, the same call with --resume follows it`);
      };
      return { json: { run: out, launcher, job, seed: seedOfRun() }, describe };
    };
  }
  const signing = {
    ...(key === undefined ? {} : { signer: await openSigner(key) }),
    ...(office ? { office } : lodge === undefined ? {} : { lodge }),
  };
  return async (ranks?: MpiRanks) => {
    try {
      return made(await makeWithProgress(output, { ...all, ...signing, ...(ranks && { ranks }) }));
    } finally {
      await office?.close();
    }
  };
}
