// The command line: its verbs in the order of the help, and one call, from the arguments to the exit code. The module of a verb is imported when
// it is called: nobody waits for the modules of the others. docs/errors.md has the table of exit codes.

import { existsSync, realpathSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { JikjiError, packageVersion } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import { CheckFailed, Output } from './output.ts';

type Add = (program: Command, output: Output, version: string) => void;

interface Verb {
  name: string;
  /** What it takes, as commander writes it. */
  argument?: string;
  /** One line of the help of all verbs. */
  summary: string;
  /** Whether the help of all leaves it out. */
  hidden?: boolean;
  load: () => Promise<Add>;
}

const VERBS: readonly Verb[] = [
  {
    name: 'make',
    argument: '<recipe>',
    summary: 'run a recipe to its end: text, tokenizer, training, model',
    load: async () => (await import('./make.ts')).addMake,
  },
  {
    name: 'sweep',
    argument: '<recipe>',
    summary: 'runs of a recipe over a grid of values, with the spread over seeds',
    load: async () => (await import('./sweep.ts')).addSweep,
  },
  {
    name: 'init',
    argument: '[dir]',
    summary: 'write a recipe for the texts in a folder',
    load: async () => (await import('./init.ts')).addInit,
  },
  {
    name: 'sample',
    argument: '<model>',
    summary: 'continue a text with a model',
    load: async () => (await import('./sample.ts')).addSample,
  },
  {
    name: 'chat',
    argument: '<model>',
    summary: 'talk with a model in the terminal',
    load: async () => (await import('./chat.ts')).addChat,
  },
  {
    name: 'serve',
    argument: '<model...>',
    summary: "answer requests over HTTP, as OpenAI's clients send them",
    load: async () => (await import('./serve.ts')).addServe,
  },
  {
    name: 'eval',
    argument: '<model>',
    summary: 'score a model on tasks',
    load: async () => (await import('./eval.ts')).addEval,
  },
  {
    name: 'export',
    argument: '<model>',
    summary: 'write a model that others can load',
    load: async () => (await import('./export.ts')).addExport,
  },
  {
    name: 'inspect',
    argument: '<model>',
    summary: 'look into a model',
    load: async () => (await import('./inspect.ts')).addInspect,
  },
  {
    name: 'runs',
    argument: '[run]',
    summary: 'what was made on this machine',
    load: async () => (await import('./runs.ts')).addRuns,
  },
  {
    name: 'compare',
    argument: '<run...>',
    summary: 'recipes, results and curves of runs, side by side',
    load: async () => (await import('./compare.ts')).addCompare,
  },
  {
    name: 'audit',
    argument: '<run>',
    summary: "check a run's evidence, or an answer's receipt; replay it, bit for bit",
    load: async () => (await import('./audit.ts')).addAudit,
  },
  {
    name: 'bundle',
    argument: '<run>',
    summary: 'what an auditor needs of a run, in one file',
    load: async () => (await import('./bundle.ts')).addBundle,
  },
  {
    name: 'lodge',
    argument: '<file>',
    summary: "an office's counter-signature on a request, a seal or a model, kept in its register",
    load: async () => (await import('./lodge.ts')).addLodge,
  },
  {
    name: 'key',
    summary: 'keys that runs and answers are signed with',
    load: async () => (await import('./key.ts')).addKey,
  },
  {
    name: 'lineage',
    argument: '<suspect>',
    summary: 'whether a model shares weights with others, part by part',
    load: async () => (await import('./lineage.ts')).addLineage,
  },
  {
    name: 'reliance',
    argument: '<run or catalogue>',
    summary: 'what a run rests on, and how much of that is from abroad',
    load: async () => (await import('./reliance.ts')).addReliance,
  },
  {
    name: 'sites',
    summary: 'a run goes on at another site',
    load: async () => (await import('./sites.ts')).addSites,
  },
  {
    name: 'plan',
    argument: '<model>',
    summary: 'what training a model would take on a cluster: layouts, memory, time',
    load: async () => (await import('./plan.ts')).addPlan,
  },
  {
    name: 'bench',
    summary: 'measure the speed of training or serving on this machine',
    load: async () => (await import('./bench.ts')).addBench,
  },
  {
    name: 'program',
    summary: 'a programme: call, consortia, stages, scores, signed decisions',
    load: async () => (await import('./program/index.ts')).addProgram,
  },
  {
    name: 'console',
    summary: 'programmes and runs in the browser',
    load: async () => (await import('./serving.ts')).addConsole,
  },
  {
    name: 'fleet',
    summary: 'the clusters that make --on uses',
    load: async () => (await import('./fleet.ts')).addFleet,
  },
  { name: 'doctor', summary: 'what this machine can do', load: async () => (await import('./doctor.ts')).addDoctor },
  {
    name: 'start',
    summary: 'make hello, audit it and show it',
    hidden: true,
    load: async () => (await import('./start-verb.ts')).addStart,
  },
];

/** The verb that a call is for; undefined where it names none. `help VERB` is for its verb. */
function calledVerb(args: readonly string[]): Verb | undefined {
  const [first, second] = args.filter((arg) => !arg.startsWith('-'));
  const name = first === 'help' ? second : first;
  return VERBS.find((verb) => verb.name === name);
}

/** For `jikji --help`. */
const EXIT_CODES = `Exit codes:
  0    done; of a check: it holds, or was tested and nothing was found
  1    a check failed: refuted, incomplete, disputed, or weights are shared
  2    the call or the input is wrong
  3    not shown: consistent only, or too little could be tested
  4    a weaker finding: a trace, or an unusual likeness
  70   a bug in Jikji
  130  interrupted
Where several apply: 1, 4, 3, 0.`;

/** All verbs, and the options of the one that is called. */
async function build(output: Output, called: Verb | undefined): Promise<Command> {
  const program = new Command('jikji')
    .description('Makes a foundation model from scratch, on compute you control, and proves it.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} make recipes/hello.yaml\n\n"jikji VERB --help" tells more about a verb.\n\n${EXIT_CODES}`,
    )
    // Throw instead of exit: errors are printed in one place, in one form.
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.write(text), writeErr: () => {} });
  for (const verb of VERBS) {
    if (verb === called) (await verb.load())(program, output, packageVersion());
    else {
      const other = program.command(verb.name, { hidden: verb.hidden === true }).summary(verb.summary);
      if (verb.argument !== undefined) other.argument(verb.argument);
    }
  }
  for (const verb of program.commands.flatMap((c) => [c, ...c.commands])) {
    verb.helpOption('-h, --help', 'show help').option('--json', 'progress to stderr, one JSON object to stdout');
  }
  return program;
}

/** An error of commander as a JikjiError. */
function usageError(error: CommanderError): JikjiError {
  const [first, ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = rest.join(' ').replace(/^\((.*)\)$/, '$1');
  const input = /'([^']*)'/.exec(first)?.[1] ?? 'the command line';
  return new JikjiError(
    'usage',
    first,
    input,
    suggestion || `${calledAs()} --help lists the verbs, VERB --help what each takes`,
  );
}

/** Runs the command line on its arguments (without node and script) and returns the exit code. */
export async function run(args: string[]): Promise<number> {
  const end = args.indexOf('--');
  const output = new Output((end < 0 ? args : args.slice(0, end)).includes('--json'));
  const program = await build(output, calledVerb(args));
  try {
    if (args.length === 0) {
      program.outputHelp();
      return 0;
    }
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CheckFailed) return error.exitCode;
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0; // help or version, already printed
      if (error.code === 'commander.help') {
        // A verb with sub-verbs, called without one.
        program.commands.find((command) => command.name() === args.find((arg) => !arg.startsWith('-')))?.outputHelp();
        return 0;
      }
      output.error(usageError(error));
      return 2;
    }
    if (error instanceof JikjiError) {
      output.error(error);
      return error.code === 'interrupted' && !output.isLost ? 130 : 2;
    }
    output.bug(error);
    return 70;
  }
}

// Node knows `import.meta.main` from 24.2 on only.
const [, started] = process.argv;
if (started !== undefined && existsSync(started) && realpathSync(started) === import.meta.filename)
  process.exitCode = await run(process.argv.slice(2));
