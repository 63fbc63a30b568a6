// A programme that is open: which database, who acts, and the acts. Knows no verb and no option but --database.

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
export function placeOf(database: string | undefined): Place {
  const given = database ?? (process.env.JIKJI_DATABASE || ownFolder());
  if (/^[a-z]+:\/\//.test(given)) return { where: { url: given }, files: join(ownFolder(), 'submissions') };
  const folder = resolve(given);
  return { where: { folder: join(folder, 'database') }, files: join(folder, 'submissions') };
}

/** The place of a programme. A wrong path must not become an empty database: only what begins a programme makes a folder. */
export function existingPlace(database: string | undefined): Place {
  const place = placeOf(database);
  if (!('folder' in place.where) || existsSync(place.where.folder)) return place;
  const hint = `check --database, or begin one: ${calledAs()} program create, or: ${calledAs()} program example practice`;
  throw new JikjiError('programme-missing', 'there is no programme here', dirname(place.where.folder), hint);
}

export type Room = Awaited<ReturnType<typeof programRoom>>;

/** As people type it: what must be one of a few words may be any text, and the log refuses what is none of them. */
type Typed<T> = T extends string
  ? string
  : T extends ReadonlyMap<unknown, unknown>
    ? T
    : T extends object
      ? { [K in keyof T]: Typed<T[K]> }
      : T;

export type TypedInput<N extends ActName> = Typed<ActInput<N>>;

export interface How {
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
  /** The stage that is meant: the one named, else the last one. */
  stageOf(wanted: string | undefined): string;
  /** The office acts; where the log refuses what it is given, the error names the argument that it came from. */
  perform<N extends ActName>(act: N, input: TypedInput<N>, how?: How): Promise<ActResult<N>>;
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

/** Opens the programme for as long as `work` takes. `positional`: names of arguments that are no options. */
export async function withProgramme<T>(
  { where, files }: Place,
  work: (opened: Opened) => Promise<T> | T,
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
      perform: <N extends ActName>(act: N, input: TypedInput<N>, { names, given = input, by }: How = {}) => {
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
