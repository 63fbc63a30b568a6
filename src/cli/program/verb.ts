// The base of every verb of `jikji program`: shared options, opening the programme, printing the result. Knows no single verb.

import { Command } from 'commander';
import { JikjiError } from '../../base/index.ts';
import type { ActName, ActResult, Title } from '../../program/index.ts';
import { calledAs } from '../called-as.ts';
import { collect } from '../option-values.ts';
import type { Output } from '../output.ts';
import {
  type ActArguments,
  type ActOptions,
  existingLocation,
  locationOf,
  type OpenProgramme,
  withProgramme,
} from './opened.ts';

/** The result of a verb: an object for --json, lines for people. */
export interface VerbResult {
  json: object;
  lines: readonly string[];
  /** A next step once this is printed and the programme is closed, such as a question on the terminal; its work opens the programme again. */
  afterwards?: () => Promise<Work>;
}

/** The work of a verb while the programme is open. */
export type Work = (opened: OpenProgramme) => Promise<VerbResult> | VerbResult;

export class Verb extends Command {
  readonly #output: Output;

  constructor(program: Command, output: Output, name: string, summary: string) {
    super(name);
    this.#output = output;
    this.copyInheritedSettings(program)
      .summary(summary)
      .description(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`)
      .option(
        '--database <folder or url>',
        'where the programme lives: a folder, or postgres://... (default: $JIKJI_DATABASE, else a folder of your own)',
      );
    program.addCommand(this);
  }

  example(text: string): this {
    return this.addHelpText('after', `\nExample:\n  $ ${calledAs()} program ${text}`);
  }

  /** The argument with the id of a new thing. */
  newId(name = '<id>'): this {
    return this.argument(name, 'lower-case letters, digits and hyphens');
  }

  /** The stage as an argument that may be left out. */
  stageArgument(): this {
    return this.argument('[stage]', 'default: the last one');
  }

  stageOption(): this {
    return this.option('--stage <id>', 'default: the last one');
  }

  nameOptions(what = 'its name'): this {
    return this.option('--name <text>', what).option('--name-ko <text>', `${what} in Korean`);
  }

  /** An option that may be given several times. */
  repeatable(flags: string, description: string): this {
    return this.option(flags, description, collect);
  }

  /** Sets the action of a verb that opens no programme; --database means nothing to it. */
  handleAlone<A extends unknown[]>(work: (...given: A) => VerbResult | Promise<VerbResult>): void {
    this.options.find(({ long }) => long === '--database')!.hideHelp();
    this.action(async (...given: unknown[]) => {
      const { json, lines } = await work(...(given.slice(0, -1) as A));
      this.#output.result(json, () => this.#output.lines(lines));
    });
  }

  /**
   * Sets the action of the verb: `prepare` checks the arguments (options last) and returns the work on the open programme.
   * `create`: makes the folder of the programme if it is missing.
   */
  handle<A extends unknown[]>(prepare: (...given: A) => Work | Promise<Work>, { create = false } = {}): void {
    const required = this.registeredArguments.filter(({ required }) => required).map((argument) => argument.name());
    const names = Object.fromEntries(required.map((name) => [name, `<${name}>`]));
    this.action(async (...given: unknown[]) => {
      let work: Work | undefined = await prepare(...(given.slice(0, -1) as A));
      const { database } = this.opts<{ database?: string }>();
      const location = create ? locationOf(database) : existingLocation(database);
      while (work) {
        const { json, lines, afterwards }: VerbResult = await withProgramme(location, work, names);
        this.#output.result(json, () => this.#output.lines(lines));
        work = await afterwards?.();
      }
    });
  }
}

/** Adds a verb to `jikji program`. */
export type NewVerb = (name: string, summary: string) => Verb;

/** Acts that record exactly one entry. */
type EntryName = { [N in ActName]: ActResult<N> extends { link: string; kind: string } ? N : never }[ActName];

/** Performs an act that records one entry and prints `words` with its number; as a function, `words` gets the names of consortia. */
export const recording =
  <N extends EntryName>(
    act: N,
    input: ActArguments<N>,
    words: string | ((nameOf: OpenProgramme['nameOf']) => string),
    how?: ActOptions,
  ): Work =>
  async ({ perform, nameOf }) => {
    const { seq, link, kind, data } = await perform(act, input, how);
    const text = typeof words === 'string' ? words : words(nameOf);
    return { json: { seq, link, kind, ...(data as object) }, lines: [`${text} (entry ${seq})`] };
  };

/** A line with the next command. */
export const next = (command: string): string => `Next:\n  ${calledAs()} program ${command}`;

/** `text` if it is one of `all`. @throws JikjiError `usage` with `message` */
export function oneOf<T extends string>(all: readonly T[], text: string, message: string): T {
  const found = all.find((one) => one === text);
  if (found) return found;
  throw new JikjiError('usage', message, text, `there are: ${all.join(', ')}`);
}

export interface NameOptions {
  name?: string | undefined;
  nameKo?: string | undefined;
}

/** The title from --name and --name-ko; the id without --name. */
export const titleOf = (id: string, { name = id, nameKo }: NameOptions): Title => ({
  en: name,
  ...(nameKo !== undefined && { ko: nameKo }),
});
