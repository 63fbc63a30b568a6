// The far side of a move: what a site answers over ssh while a run arrives. The files come by rsync into a folder beside the run's place; only a
// countersigned run takes that place. Each answer can be asked for again: a cut line or a kill between two of them changes nothing that was done.

import { existsSync, linkSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { JikjiError, makeFolder, syncFolder, writeFailure } from '../../base/index.ts';
import { readStatement, type Signer } from '../../ledger/index.ts';
import { GENESIS, isHandedOver, listRuns, noteRun, readHolder } from '../../run-folder/index.ts';
import { takeOver } from './hand-over.ts';
import { type CarriedFile, carriedFile, inventoryShape, lackingIn } from './inventory.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** An absolute path without `..`, of characters that no shell reads in another way. */
const placeShape = z
  .string()
  .max(1000)
  .regex(/^(\/[\w.+-]+)+$/)
  .refine((path) => path.split('/').every((part) => part !== '.' && part !== '..'));

const shared = {
  /** Where the run will lie. */
  folder: placeShape,
  /** Digest of its genesis. */
  genesis: digest,
};

export const askedShape = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('open'), ...shared, files: inventoryShape }),
  z.strictObject({ do: z.literal('check'), ...shared, files: inventoryShape }),
  z.strictObject({
    do: z.literal('take'),
    ...shared,
    number: z.int().min(1),
    handOver: z.string().max(1 << 16),
  }),
  /** Changes nothing; the folder is the one of the runs. */
  z.strictObject({ do: z.literal('look'), folder: placeShape }),
]);
export type Asked = z.infer<typeof askedShape>;

const whoAnswers = {
  /** SPKI of the key that will go on, base64. */
  key: z.string().max(1000),
  version: z.string().max(100),
  arithmeticVersion: z.int(),
};

export const answerShapes = {
  open: z.strictObject({
    ...whoAnswers,
    /** Whether the run is at its place here, countersigned. */
    isHere: z.boolean(),
    /** Bytes that this user may still write there. */
    free: z.number(),
    lacking: z.array(carriedFile),
  }),
  check: z.strictObject({ lacking: z.array(carriedFile) }),
  look: z.strictObject({
    ...whoAnswers,
    /** Null: there is no such folder yet. */
    free: z.number().nullable(),
    runs: z.array(
      z.strictObject({
        name: z.string().max(1000),
        folder: z.string().max(1000),
        state: z.enum(['finished', 'unfinished', 'running', 'handed over', 'broken']),
        stepsDone: z.number().nullable(),
        steps: z.number().nullable(),
      }),
    ),
  }),
  take: z.strictObject({ takeOver: z.string().max(1 << 16) }),
} as const;

export interface FarSide {
  signer: Signer;
  version: string;
  arithmeticVersion: number;
}

/** Where the files of a run arrive, and where an older state of it goes while the new one takes its place. */
export const arrivalOf = (folder: string): string => `${folder}.arriving`;
const replacedBy = (folder: string): string => `${folder}.replaced`;

const refused = (code: 'site-has-run' | 'folder-holds-another-run', what: string, folder: string, hint: string) =>
  new JikjiError(code, what, folder, hint);

/** Whether the run with this genesis lies in a folder; false for nothing there. @throws JikjiError `folder-holds-another-run` */
function holdsRun(folder: string, genesis: string): boolean {
  if (!existsSync(folder)) return false;
  const path = join(folder, GENESIS);
  if (existsSync(path) && readStatement(path, 'genesis').digest === genesis) return true;
  throw refused(
    'folder-holds-another-run',
    'holds another run, or something else',
    folder,
    'give the run another name',
  );
}

/** The countersigned run takes its place; what lay there was an older state of it. */
function settle(folder: string): void {
  const [arriving, replaced] = [arrivalOf(folder), replacedBy(folder)];
  if (existsSync(arriving)) {
    if (existsSync(folder)) {
      rmSync(replaced, { recursive: true, force: true });
      renameSync(folder, replaced);
    }
    renameSync(arriving, folder);
    syncFolder(dirname(folder));
  }
  rmSync(replaced, { recursive: true, force: true });
}

/** Whether a whole run was handed over to this key, and countersigned. */
function isMine(folder: string, { fingerprint }: Signer): boolean {
  const { chain, holder } = readHolder(folder);
  return chain.length > 0 && holder === fingerprint;
}

/** Takes over what an older state of the run has already; gives what is still lacking. */
async function linkSame({ from, to }: { from: string; to: string }, files: readonly CarriedFile[]) {
  const other = new Set(await lackingIn(from, files));
  for (const { path } of files.filter((file) => !other.has(file))) {
    makeFolder(dirname(join(to, path)));
    rmSync(join(to, path), { force: true });
    linkSync(join(from, path), join(to, path));
  }
  return [...other];
}

/** @throws JikjiError `site-has-run` where this key goes on with the run already */
function requireAway(folder: string, signer: Signer): void {
  if (readHolder(folder).holder === signer.fingerprint)
    throw refused(
      'site-has-run',
      'this site goes on with the run itself',
      folder,
      'go on there: jikji make RECIPE --resume',
    );
}

/**
 * Answers one request of the site that a run leaves.
 * @throws JikjiError `site-has-run`, `folder-holds-another-run`, `hand-over-broken`, `disk-full`, ...
 */
export async function answerMove(asked: Asked, far: FarSide) {
  try {
    return await answers[asked.do](asked as never, far);
  } catch (error) {
    throw writeFailure(error, asked.folder);
  }
}

const answers = {
  async open({ folder, genesis, files }: Extract<Asked, { do: 'open' }>, { signer, ...facts }: FarSide) {
    makeFolder(dirname(folder));
    const [arriving, replaced] = [arrivalOf(folder), replacedBy(folder)];
    // Killed while the new state took the place of the old one: `take` goes on where it was, unless somebody removed the new one.
    if (!existsSync(folder) && !existsSync(arriving) && existsSync(replaced)) renameSync(replaced, folder);
    const isThere = holdsRun(folder, genesis);
    const isHere = isThere && isMine(folder, signer);
    if (isThere && !isHere) requireAway(folder, signer);
    if (!isHere) makeFolder(arriving);
    const { bavail, bsize } = statfsSync(dirname(folder));
    const lacking = isHere ? [] : await lackingIn(arriving, files);
    const wanted = isThere && !isHere ? await linkSame({ from: folder, to: arriving }, lacking) : lacking;
    return { key: signer.publicKey.toString('base64'), ...facts, isHere, free: bavail * bsize, lacking: wanted };
  },

  async look({ folder }: Extract<Asked, { do: 'look' }>, { signer, ...facts }: FarSide) {
    const { bavail, bsize } = existsSync(folder) ? statfsSync(folder) : { bavail: null, bsize: 1 };
    const runs = listRuns().flatMap(({ folder: place, state, name, stepsDone, steps }) => {
      if (dirname(place) !== folder || state === 'gone') return [];
      const isPast = state === 'unfinished' && isHandedOver(place, [signer.fingerprint]);
      return [{ name, folder: place, state: isPast ? ('handed over' as const) : state, stepsDone, steps }];
    });
    return { key: signer.publicKey.toString('base64'), ...facts, free: bavail === null ? null : bavail * bsize, runs };
  },

  async check({ folder, files }: Extract<Asked, { do: 'check' }>) {
    return { lacking: await lackingIn(arrivalOf(folder), files) };
  },

  async take({ folder, genesis, number, handOver }: Extract<Asked, { do: 'take' }>, { signer }: FarSide) {
    const arriving = arrivalOf(folder);
    const place = existsSync(arriving) ? arriving : folder;
    if (!holdsRun(place, genesis))
      throw refused('folder-holds-another-run', 'nothing of this run has arrived', place, 'move the run again');
    const text = await takeOver(place, { number, text: handOver }, signer);
    settle(folder);
    noteRun(folder);
    return { takeOver: text };
  },
};
