// Opens a programme for a verb: its database, who acts, and the acts. Knows no verb, and no option but --database.

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { ZodType } from 'zod';
import { JikjiError } from '../../base/index.ts';
import type { Act, ActInput, ActName, ActResult, By, Programme, Tables, Where } from '../../program/index.ts';
import { calledAs } from '../called-as.ts';
import { program as programRoom } from '../rooms.ts';
import { type ArgumentNames, namingArguments } from './argument-names.ts';
import { officeSigner } from './office-key.ts';

/** The default folder of programmes. */
function defaultFolder(): string {
  const data = process.env.XDG_DATA_HOME;
  return join(data && isAbsolute(data) ? data : join(homedir(), '.local', 'share'), 'jikji', 'program');
}

export interface Location {
  where: Where;
  /** The folder for submissions. */
  files: string;
}

/** Resolves --database: a folder holds both the database and the submissions. */
export function locationOf(database: string | undefined): Location {
  const given = database ?? (process.env.JIKJI_DATABASE || defaultFolder());
  if (/^[a-z]+:\/\//.test(given)) return { where: { url: given }, files: join(defaultFolder(), 'submissions') };
  const folder = resolve(given);
  return { where: { folder: join(folder, 'database') }, files: join(folder, 'submissions') };
}

/** The location of an existing programme: a wrong path must not create an empty database. @throws JikjiError `programme-missing` */
export function existingLocation(database: string | undefined): Location {
  const location = locationOf(database);
  if (!('folder' in location.where) || existsSync(location.where.folder)) return location;
  const hint = `check --database, or begin one: ${calledAs()} program create, or: ${calledAs()} program example practice`;
  throw new JikjiError('programme-missing', 'there is no programme here', dirname(location.where.folder), hint);
}

export type Room = Awaited<ReturnType<typeof programRoom>>;

/** An input as typed: where the log expects one of a few words, any text; the log refuses the wrong ones. */
type Typed<T> = T extends string
  ? string
  : T extends ReadonlyMap<unknown, unknown>
    ? T
    : T extends object
      ? { [K in keyof T]: Typed<T[K]> }
      : T;

export type ActArguments<N extends ActName> = Typed<ActInput<N>>;

export interface ActOptions {
  /** Argument names that differ from the usual ones, and typed values that are not members of the input. */
  names?: ArgumentNames;
  given?: object;
  /** Who acts, if it is not the office for itself. */
  by?: Partial<By>;
}

/** An open programme, with its acts. */
export interface OpenProgramme {
  programme: Programme;
  tables: Tables;
  /** The folder for submissions. */
  files: string;
  room: Room;
  /** The name of a consortium. */
  nameOf(consortium: string): string;
  /** The named stage, else the last one. @throws JikjiError `stage-unknown` */
  stageOf(wanted: string | undefined): string;
  /** Performs an act for the office; if the log refuses a value, the error names its argument. */
  perform<N extends ActName>(act: N, input: ActArguments<N>, how?: ActOptions): Promise<ActResult<N>>;
}

/** The user of this command line, acting for the office. */
export const byOffice = (room: Pick<Room, 'officeActor'>, { tables }: Programme, files: string): By => ({
  actor: room.officeActor(),
  role: 'office',
  user: null,
  consortium: null,
  signer: () => officeSigner(tables),
  files,
});

/** Opens the programme, runs `work`, and closes it. `positional`: names of the arguments that are not options. */
export async function withProgramme<T>(
  { where, files }: Location,
  work: (opened: OpenProgramme) => Promise<T> | T,
  positional: ArgumentNames = {},
): Promise<T> {
  const room = await programRoom();
  const programme = await room.Programme.open(where);
  const { tables } = programme;
  try {
    return await work({
      programme,
      tables,
      files,
      room,
      nameOf: (consortium) => room.consortiumName(tables, consortium),
      stageOf(wanted) {
        const stage = wanted ?? tables.all('stages').at(-1)?.id;
        if (stage !== undefined) return stage;
        const hint = `open one: ${calledAs()} program open`;
        throw new JikjiError('stage-unknown', 'there is no stage yet', 'stage', hint);
      },
      perform: <N extends ActName>(act: N, input: ActArguments<N>, { names, given = input, by }: ActOptions = {}) => {
        const { run } = room.ACTS[act] as unknown as Act<ZodType, ActResult<N>>;
        return namingArguments(given, { ...positional, ...names }, () =>
          run(programme, input, { ...byOffice(room, programme, files), ...by }),
        );
      },
    });
  } finally {
    await programme.close();
  }
}
