// Opens a programme for a verb: its database, and who acts. Knows no verb, no act, and no option but --database.

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { JikjiError } from '../../base/index.ts';
import type { By, Programme, Tables, Where } from '../../program/index.ts';
import { calledAs } from '../called-as.ts';
import { program as programRoom } from '../rooms.ts';
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

/** An open programme. */
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

/** Opens the programme, runs `work`, and closes it. */
export async function withProgramme<T>(
  { where, files }: Location,
  work: (opened: OpenProgramme) => Promise<T> | T,
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
    });
  } finally {
    await programme.close();
  }
}
