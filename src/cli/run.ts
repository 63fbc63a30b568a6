// One call of the command line: parses it, runs the verb, and turns the outcome into an exit code.
// 0 done; 1 a check failed; 2 the input or the call is wrong; 130 interrupted; 70 a bug in Jikji.

import { Command, CommanderError } from 'commander';
import { JikjiError, packageVersion } from '../base/index.ts';
import { addAudit } from './audit.ts';
import { addBench } from './bench.ts';
import { addBundle } from './bundle.ts';
import { calledAs } from './called-as.ts';
import { addChat } from './chat.ts';
import { addCompare } from './compare.ts';
import { addDoctor } from './doctor.ts';
import { addEval } from './eval.ts';
import { addExport } from './export.ts';
import { addFleet } from './fleet.ts';
import { addInit } from './init.ts';
import { addInspect } from './inspect.ts';
import { addKey } from './key.ts';
import { addLineage } from './lineage.ts';
import { addLodge } from './lodge.ts';
import { addMake } from './make.ts';
import { CheckFailed, Output } from './output.ts';
import { addProgram } from './program/index.ts';
import { addReliance } from './reliance.ts';
import { addRuns } from './runs.ts';
import { addSample } from './sample.ts';
import { addServe } from './serve.ts';
import { addConsole } from './serving.ts';
import { addStart } from './start-verb.ts';
import { addSweep } from './sweep.ts';

function build(output: Output): Command {
  const program = new Command('jikji')
    .description('Makes a foundation model from scratch, on compute you control, and proves it.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} make recipes/hello.yaml\n\n"jikji VERB --help" tells more about a verb.`,
    )
    // Throw instead of exit: errors are printed in one place, in one form.
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.write(text), writeErr: () => {} });
  const evidence = [addAudit, addBundle, addLodge, addKey];
  for (const add of [
    addMake,
    addSweep,
    addInit,
    addSample,
    addChat,
    addServe,
    addEval,
    addExport,
    addInspect,
    addRuns,
    addCompare,
    ...evidence,
    addLineage,
    addReliance,
    addBench,
    addProgram,
    addConsole,
    addFleet,
    addDoctor,
    addStart,
  ])
    add(program, output, packageVersion());
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
  const program = build(output);
  try {
    if (args.length === 0) {
      program.outputHelp();
      return 0;
    }
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CheckFailed) return 1;
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
      return error.code === 'interrupted' ? 130 : 2;
    }
    output.bug(error);
    return 70;
  }
}
