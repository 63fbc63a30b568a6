// The base of every verb of `jikji program`: arguments from the fields of its acts, opening the programme, performing, printing the
// result. Knows no single verb.

import { Command } from 'commander';
import type { ZodType } from 'zod';
import { JikjiError } from '../../base/index.ts';
import type { Act, ActInput, ActName, ActResult, By, Title } from '../../program/index.ts';
import { calledAs } from '../called-as.ts';
import { collect, number } from '../option-values.ts';
import type { Output } from '../output.ts';
import { fit } from '../text.ts';
import actFields from './act-fields.json' with { type: 'json' };
import { byOffice, existingLocation, locationOf, type OpenProgramme, withProgramme } from './opened.ts';
import { type Source, sourceOf, sourceOptions } from './source.ts';

/** The result of a verb: an object for --json, lines for people. */
export interface VerbResult {
  json: object;
  lines: readonly string[];
  /** A next step once this is printed and the programme is closed, such as a question on the terminal; its work opens the programme again. */
  afterwards?: () => Promise<Work>;
}

/** An open programme in which the verb acts. */
export interface ActingProgramme extends OpenProgramme {
  /** Performs an act for the office, or as `by` says; if the log refuses a value, the error names its argument. */
  perform<N extends ActName>(act: N, input: ActArguments<N>, by?: Partial<By>): Promise<ActResult<N>>;
}

/** The work of a verb while the programme is open. */
export type Work = (opened: ActingProgramme) => Promise<VerbResult> | VerbResult;

/** An input as typed: where the log expects one of a few words, any text; the log refuses the wrong ones. */
type Typed<T> = T extends string
  ? string
  : T extends ReadonlyMap<unknown, unknown>
    ? T
    : T extends object
      ? { [K in keyof T]: Typed<T[K]> }
      : T;

export type ActArguments<N extends ActName> = Typed<ActInput<N>>;

/** `<id>` or `[id]` stands alone, `--hours <n>` is an option, true the option of the field's name; with a function that reads its text. */
type Argument = string | true | readonly [argument: string, read: (text: string) => unknown];
type Arguments<N extends ActName> = { readonly [F in keyof ActArguments<N>]?: Argument };

/** A field of an act: what a verb needs of its JSON Schema. */
interface Field {
  description?: string;
  type?: string | readonly string[];
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  enum?: readonly string[];
  default?: unknown;
  anyOf?: readonly Field[];
}

interface Taken {
  /** As people know it: `<id>`, `--hours`. */
  argument: string;
  field: Field;
  required: boolean;
  read: (text: string) => unknown;
}

const FIELDS: Readonly<Record<string, Readonly<Record<string, { required: boolean; schema: Field }>>>> = actFields;

/** A field that may be null as one that may not. */
const withoutNull = (field: Field): Field =>
  field.anyOf?.[1]?.type === 'null' ? { ...field.anyOf[0], ...field } : field;

/** Of the objects among fields only titles become options. */
const isTitle = ({ type }: Field): boolean => type === 'object';

const choices = new Intl.ListFormat('en-GB', { type: 'disjunction' });
const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The help text of a field. */
function helpOf({ description, type, enum: words }: Field): string | undefined {
  const text = description ?? (words && choices.format(words));
  if (type !== 'array') return text;
  const [what, preset = ''] = (text ?? '').split(/(?= \(default)/);
  return `${what}${what && '; '}may be given several times${preset}`;
}

/** The option of a field's name. */
function optionOf(name: string, { type, format, pattern }: Field): string {
  if (type === 'boolean') return `--${name}`;
  return `--${kebab(name)} <${type === 'number' ? 'n' : format ? 'time' : pattern ? 'id' : 'text'}>`;
}

/** A moment in UTC. */
function momentOf(option: string, text: string): string {
  const time = Date.parse(text);
  // Without a zone the same words would mean another moment on another machine.
  if (Number.isNaN(time) || !/(Z|[+-]\d\d:?\d\d)$/.test(text))
    throw new JikjiError('usage', `${option} takes a moment with its time zone`, text, 'write 2027-01-15T18:00+09:00');
  return new Date(time).toISOString();
}

/** Reads the text of an argument by the type and the bounds of its field. */
function readerOf(argument: string, { type, format, minimum = 0, maximum = 0 }: Field): Taken['read'] {
  if (type === 'number') return number(argument, minimum, maximum);
  return format === 'date-time' ? (text) => momentOf(argument, text) : (text) => text;
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

/** Acts that record exactly one entry. */
type EntryName = { [N in ActName]: ActResult<N> extends { link: string; kind: string } ? N : never }[ActName];

type Words<N extends ActName> = string | ((input: ActArguments<N>, nameOf: OpenProgramme['nameOf']) => string);

export class Verb extends Command {
  readonly #output: Output;
  /** By act and field. */
  readonly #taken = new Map<string, Map<string, Taken>>();
  #named: Record<string, string> = {};

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

  /** The stage as an argument that may be left out. */
  stageArgument(): this {
    return this.argument('[stage]', 'default: the last one');
  }

  stageOption(): this {
    return this.option('--stage <id>', 'default: the last one');
  }

  /** An option that may be given several times. */
  repeatable(flags: string, description: string): this {
    return this.option(flags, description, collect);
  }

  /** Takes fields of an act as arguments, in the order of the help. An argument that the verb has already serves several fields. */
  takes<N extends ActName>(act: N, fields: Arguments<N>): this {
    const taken = this.#taken.get(act) ?? new Map<string, Taken>();
    for (const [name, given] of Object.entries(fields) as [string, Argument][]) {
      const { required, schema } = FIELDS[act]![name]!;
      const field = withoutNull(schema);
      const [wanted, read] = typeof given === 'object' ? given : [given];
      const flags = wanted === true ? (isTitle(field) ? '--name <text>' : optionOf(name, field)) : wanted;
      const argument = flags.startsWith('--') ? flags.split(' ')[0]! : flags.replace(/^\[(.*)\]$/, '<$1>');
      const one = { argument, field, required, read: read ?? readerOf(argument, field) };
      taken.set(name, one);
      if (!this.#has(argument)) this.#add(name, flags, one);
    }
    this.#taken.set(act, taken);
    return this;
  }

  /** Arguments of members of entries that are no fields of the act. */
  naming(members: Record<string, string>): this {
    this.#named = members;
    return this;
  }

  #has(argument: string): boolean {
    return (
      this.options.some(({ long }) => long === argument) ||
      this.registeredArguments.some((one) => `<${one.name()}>` === argument)
    );
  }

  #add(name: string, flags: string, { field, required }: Taken): void {
    const help = helpOf(field);
    if (name === 'source') sourceOptions(this);
    else if (isTitle(field)) this.option(flags, help).option('--name-ko <text>', `${help} in Korean`);
    else if (flags === '[stage]') this.stageArgument();
    else if (!flags.startsWith('--')) this.argument(flags, help);
    else if (name === 'stage') this.stageOption();
    else if (field.type === 'array') this.repeatable(flags, help!);
    else {
      const option = this.createOption(flags, help).default(field.default || undefined);
      this.addOption(option.makeOptionMandatory(required && option.required));
    }
  }

  /** What was typed for an argument. */
  #typed(argument: string): unknown {
    const option = this.options.find(({ long }) => long === argument);
    if (option) return this.getOptionValue(option.attributeName());
    return this.processedArgs[this.registeredArguments.findIndex((one) => `<${one.name()}>` === argument)];
  }

  /** The input of an act, as it was typed. */
  #inputOf<N extends ActName>(act: N): ActArguments<N> {
    const presets = Object.entries(FIELDS[act]!).map(([name, { schema }]) => [name, schema.default]);
    const input: Record<string, unknown> = Object.fromEntries(presets.filter(([, preset]) => preset !== undefined));
    for (const [name, { argument, field, required, read }] of this.#taken.get(act) ?? []) {
      const typed = this.#typed(argument);
      if (isTitle(field)) input[name] = titleOf(this.processedArgs[0], this.opts<NameOptions>());
      else if (name !== 'source') input[name] = typeof typed === 'string' ? read(typed) : (typed ?? field.default);
      else if (required || this.opts<Source>().publisher !== undefined)
        input.source = sourceOf(this.opts<Source>(), String(input.part ?? input.id));
    }
    return input as ActArguments<N>;
  }

  /** The argument that a member of an entry came from. */
  #argumentOf(act: string, member: string): string | undefined {
    const [name = '', part] = member.split('.');
    const taken = this.#taken.get(act)?.get(name);
    if (taken && isTitle(taken.field)) return part === 'ko' ? '--name-ko' : '--name';
    if (name === 'source') return part && `--${part}`;
    if (taken && part === undefined) return taken.argument;
    return this.#named[member] ?? [`--${member}`, `<${member}>`].find((argument) => this.#has(argument));
  }

  /** An error of the log on the form of an entry, with the argument in place of the member: the log names members, people know arguments. */
  #withArgument(act: string, error: unknown): unknown {
    if (!(error instanceof JikjiError && error.code === 'entry-broken')) return error;
    const path = error.input.split('.');
    // A member of a list comes from a repeatable option.
    const members = [path.join('.'), path.slice(0, -1).join('.')];
    const argument = members.map((member) => this.#argumentOf(act, member)).find((name) => name !== undefined);
    if (argument === undefined) return error;
    const typed = this.#typed(argument);
    const value = Array.isArray(typed) ? typed[Number(path.at(-1))] : typed;
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : argument;
    const input = fit(text.replace(/[\p{Zl}\p{Zp}]/gu, ' '), 100) || 'nothing';
    const hint = `${calledAs()} program --help names the verbs, and each verb its arguments with --help`;
    return new JikjiError('entry-broken', `${argument} ${error.message}`, input, hint);
  }

  #act(opened: OpenProgramme): ActingProgramme {
    const { room, programme, files } = opened;
    return {
      ...opened,
      perform: async <N extends ActName>(act: N, input: ActArguments<N>, by?: Partial<By>) => {
        const { run } = room.ACTS[act] as unknown as Act<ZodType, ActResult<N>>;
        try {
          return await run(programme, input, { ...byOffice(room, programme, files), ...by });
        } catch (error) {
          throw this.#withArgument(act, error);
        }
      },
    };
  }

  /** Work on the input of an act as it was typed, with the last stage where it may be left out. */
  work<N extends ActName>(act: N, work: (opened: ActingProgramme, input: ActArguments<N>) => ReturnType<Work>): Work {
    const input = this.#inputOf(act) as ActArguments<N> & { stage?: string };
    // A stage that must be named is left as it is.
    const isStaged = this.#taken.get(act)?.has('stage') === true;
    return (opened) => work(opened, isStaged ? { ...input, stage: opened.stageOf(input.stage) } : input);
  }

  /** Work of an act that records one entry: prints `words` with its number. */
  recording<N extends EntryName>(act: N, words: Words<N>, more?: Partial<ActArguments<N>>): Work {
    return this.work(act, async ({ perform, nameOf }, typed) => {
      const input = { ...typed, ...more };
      const { seq, link, kind, data } = await perform(act, input);
      const text = typeof words === 'string' ? words : words(input, nameOf);
      return { json: { seq, link, kind, ...(data as object) }, lines: [`${text} (entry ${seq})`] };
    });
  }

  /** Sets the action of a verb of one act. `prepare` makes of options and arguments, before the programme is opened, what the work is given. */
  does<N extends ActName, P>(
    act: N,
    work: (opened: ActingProgramme, input: ActArguments<N>, prepared: P) => ReturnType<Work>,
    // biome-ignore lint/suspicious/noExplicitAny: commander does not know the types of options and arguments
    prepare?: (options: any, ...given: any[]) => P | Promise<P>,
    how?: { create: boolean },
  ): void {
    this.handle(async () => {
      const prepared = (await prepare?.(this.opts(), ...this.processedArgs)) as P;
      return this.work(act, (opened, input) => work(opened, input, prepared));
    }, how);
  }

  /** Sets the action of a verb whose act records one entry. */
  records<N extends EntryName>(act: N, words: Words<N>): void {
    this.handle(() => this.recording(act, words));
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
    this.action(async (...given: unknown[]) => {
      let work: Work | undefined = await prepare(...(given.slice(0, -1) as A));
      const { database } = this.opts<{ database?: string }>();
      const location = create ? locationOf(database) : existingLocation(database);
      while (work) {
        const now: Work = work;
        const { json, lines, afterwards } = await withProgramme(location, (opened) => now(this.#act(opened)));
        this.#output.result(json, () => this.#output.lines(lines));
        work = await afterwards?.();
      }
    });
  }
}

/** Adds a verb to `jikji program`. */
export type NewVerb = (name: string, summary: string) => Verb;

/** A line with the next command. */
export const next = (command: string): string => `Next:\n  ${calledAs()} program ${command}`;

/** `text` if it is one of `all`. @throws JikjiError `usage` with `message` */
export function oneOf<T extends string>(all: readonly T[], text: string, message: string): T {
  const found = all.find((one) => one === text);
  if (found) return found;
  throw new JikjiError('usage', message, text, `there are: ${all.join(', ')}`);
}
