// What the verbs of `jikji program` share: which database, which stage, who signs, one verb defined.

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { ZodType } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { DEFAULT_KEY, listKeys, newKey, type Signer } from '../../ledger/index.ts';
import type { Act, ActInput, ActName, ActResult, By, Programme, Tables, Title, Where } from '../../program/index.ts';
import { calledAs } from '../called-as.ts';
import { signerNamed } from '../key.ts';
import type { Output } from '../output.ts';
import { program as programRoom } from '../rooms.ts';
import { type ArgumentNames, namingArguments } from './argument-names.ts';

export interface Common {
  database?: string;
}

/** What the office signs with where nothing else is said. */
export const OFFICE_KEY = 'office';

/** Adds a verb with the option that all of them have. */
export function verb(parent: Command, usage: string, summary: string, example: string): Command {
  return parent
    .command(usage)
    .summary(summary)
    .description(`${summary[0]!.toUpperCase()}${summary.slice(1)}.`)
    .option(
      '--database <folder or url>',
      'where the programme lives: a folder, or postgres://... (default: $JIKJI_DATABASE, else a folder of your own)',
    )
    .addHelpText('after', `\nExample:\n  $ ${calledAs()} program ${example}`);
}

/** Where programmes live by default. */
function ownFolder(): string {
  const data = process.env.XDG_DATA_HOME;
  return join(data && isAbsolute(data) ? data : join(homedir(), '.local', 'share'), 'jikji', 'program');
}

export interface Place {
  where: Where;
  /** The folder for submissions. */
  files: string;
}

/** What --database means: in a folder the database and the submissions lie beside each other. */
export function placeOf({ database }: Common): Place {
  const given = database ?? (process.env.JIKJI_DATABASE || ownFolder());
  if (/^[a-z]+:\/\//.test(given)) return { where: { url: given }, files: join(ownFolder(), 'submissions') };
  const folder = resolve(given);
  return { where: { folder: join(folder, 'database') }, files: join(folder, 'submissions') };
}

/** A wrong path must not become an empty database: only what begins a programme makes a folder. */
export function mustBeThere({ where }: Place): void {
  if (!('folder' in where) || existsSync(where.folder)) return;
  throw new JikjiError(
    'programme-missing',
    'there is no programme here',
    dirname(where.folder),
    `check --database, or begin one: ${calledAs()} program create, or: ${calledAs()} program example practice`,
  );
}

type Room = Awaited<ReturnType<typeof programRoom>>;

/** As people type it: what must be one of a few words may be any text, and the log refuses what is none of them. */
type Typed<T> = T extends string
  ? string
  : T extends ReadonlyMap<unknown, unknown>
    ? T
    : T extends object
      ? { [K in keyof T]: Typed<T[K]> }
      : T;

interface How {
  /** Names of arguments that differ from those that most verbs use, and their values where they are not members of the input. */
  names?: ArgumentNames;
  given?: object;
  /** Who acts where it is not the office for itself. */
  by?: Partial<By>;
}

/** A programme that is open. */
export interface Opened {
  programme: Programme;
  tables: Tables;
  /** The folder for submissions. */
  files: string;
  room: Room;
  /** A consortium by its name. */
  nameOf(consortium: string): string;
  /** The office acts; where the log refuses what it is given, the error names the argument that it came from. */
  perform<N extends ActName>(act: N, input: Typed<ActInput<N>>, how?: How): Promise<ActResult<N>>;
}

/** Whoever sits at this command line, acting for the office. */
export const byOffice = (room: Pick<Room, 'officeActor'>, { tables }: Programme, files: string): By => ({
  actor: room.officeActor(),
  role: 'office',
  user: null,
  consortium: null,
  signer: () => officeSigner(tables),
  files,
});

/** Opens the programme for as long as `work` takes; `begin` makes its folder where there is none. */
export async function withProgramme<T>(
  options: Common,
  work: (opened: Opened) => Promise<T>,
  { begin = false } = {},
): Promise<T> {
  const place = placeOf(options);
  if (!begin) mustBeThere(place);
  const room = await programRoom();
  const { where, files } = place;
  const programme = await room.Programme.open(where);
  try {
    const { tables } = programme;
    return await work({
      programme,
      tables,
      files,
      room,
      nameOf: (consortium) => room.consortiumName(tables, consortium),
      perform: <N extends ActName>(act: N, input: Typed<ActInput<N>>, { names = {}, given = input, by }: How = {}) => {
        const { run } = room.ACTS[act] as unknown as Act<ZodType, ActResult<N>>;
        return namingArguments(given, names, () =>
          run(programme, input, { ...byOffice(room, programme, files), ...by }),
        );
      },
    });
  } finally {
    await programme.close();
  }
}

/** The acts that come to one entry. */
type EntryName = { [N in ActName]: ActResult<N> extends { link: string; kind: string } ? N : never }[ActName];

interface Recording<N extends EntryName> extends How {
  input: Typed<ActInput<N>>;
  /** What is said when it is done; it may ask for a consortium's name by its id. */
  words: string | ((nameOf: Opened['nameOf']) => string);
}

/** Performs an act that comes to one entry, and says so. */
export async function record<N extends EntryName>(
  output: Output,
  options: Common,
  act: N,
  { input, words, ...how }: Recording<N>,
): Promise<void> {
  const { entry, text } = await withProgramme(options, async ({ perform, nameOf }) => ({
    entry: await perform(act, input, how),
    text: typeof words === 'string' ? words : words(nameOf),
  }));
  const { seq, link, kind, data } = entry;
  output.result({ seq, link, kind, ...(data as object) }, () => output.line(`${text} (entry ${seq})`));
}

/** The key that the office of this programme signs with, on this machine. */
export async function officeSigner(tables: Tables): Promise<Signer> {
  const [programme] = tables.all('programmes');
  const wanted = programme?.officeKey;
  if (!wanted)
    throw new JikjiError(
      'no-office-key',
      'this programme has no key that its office signs with',
      String(programme?.id ?? 'the database'),
      programme ? 'a record of what others did takes nothing new' : `make one first: ${calledAs()} program create`,
    );
  const key = listKeys().find(({ fingerprint }) => fingerprint === wanted);
  if (key) return signerNamed(key.name);
  throw new JikjiError(
    'key-missing',
    "the office's key is not on this machine",
    String(wanted),
    'run this where the key is; keys lie in the configuration folder of their user',
  );
}

/** The office's key where it can be opened without asking anybody; undefined where it lies elsewhere or has a passphrase. */
export async function officeSignerAtHand(tables: Tables): Promise<Signer | undefined> {
  const [programme] = tables.all('programmes');
  const key = listKeys().find(({ fingerprint }) => fingerprint === programme?.officeKey);
  if (!key || (key.protected && !process.env.JIKJI_PASSPHRASE)) return undefined;
  return signerNamed(key.name).catch((error) => {
    if (error instanceof JikjiError) return undefined; // the passphrase is of another key
    throw error;
  });
}

/** @throws JikjiError `usage` */
export function oneOf<T extends string>(all: readonly T[], text: string, message: string): T {
  const found = all.find((one) => one === text);
  if (found) return found;
  throw new JikjiError('usage', message, text, `there are: ${all.join(', ')}`);
}

/** A word beside the result. */
export const note = (text: string): void => void process.stderr.write(`${text}\n`);

/** A key by its name; that of the office is made where it is not there yet. */
export async function signerOrNew(name: string, say: (text: string) => void): Promise<Signer> {
  if (name !== OFFICE_KEY && name !== DEFAULT_KEY) return signerNamed(name);
  if (!listKeys().some((key) => key.name === name)) {
    const made = newKey(name);
    say(`Made the key "${name}", ${made.fingerprint.slice(0, 16)}...: it signs for the office. Keep a copy of it.`);
  }
  return signerNamed(name);
}

/** The argument that names what is new. */
export const ID = ['<id>', 'lower-case letters, digits and hyphens'] as const;

/** The argument that names a stage, where it may be left out. */
export const LAST_STAGE = ['[stage]', 'default: the last one'] as const;

/** The stage that is meant: the one named, else the last one. */
export function stageOf(tables: Tables, wanted: string | undefined): string {
  const all = [...tables.all('stages')];
  if (wanted !== undefined) return wanted;
  const last = all.at(-1);
  if (last) return String(last.id);
  throw new JikjiError('stage-unknown', 'there is no stage yet', 'stage', `open one: ${calledAs()} program open`);
}

export interface Named {
  name?: string;
  nameKo?: string;
}

/** `--name` and `--name-ko`, or the id where there is none. */
export const titleOf = (id: string, { name, nameKo }: Named): Title => ({
  en: name ?? id,
  ...(nameKo === undefined ? {} : { ko: nameKo }),
});

export const named = (command: Command, what = 'its name'): Command =>
  command.option('--name <text>', what).option('--name-ko <text>', `${what} in Korean`);

/** A text in English, or the Korean one where there is no other. */
export const plainTitle = (title: unknown): string => (title as Title)?.en ?? '';
