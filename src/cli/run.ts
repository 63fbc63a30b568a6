// One call of the command line: parses it, runs the verb, and turns the outcome into an exit code.
// docs/errors.md has the table of exit codes.

import { Command, CommanderError } from 'commander';
import { JikjiError, packageVersion } from '../base/index.ts';
import { calledAs } from './called-as.ts';
import { CheckFailed, Output } from './output.ts';
import { VERBS, type Verb } from './verbs.ts';

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
