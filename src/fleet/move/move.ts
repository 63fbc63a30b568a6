// Moves a run to another site: carries its files, has them checked there by digest, hands it over and waits for the countersignature. Until the
// hand-over is signed the run is here; from then on it is there, and the same call ends what a kill or a cut line left open.

import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { JikjiError, takeLock } from '../../base/index.ts';
import { readStatement, type Signer } from '../../ledger/index.ts';
import { GENESIS, RUN_LOCK, readHolder, requireHolder } from '../../run-folder/index.ts';
import { type Asked, answerShapes, arrivalOf } from './far-side.ts';
import { handOver, keepTakeOver, requireUnfinished, waitingHandOver } from './hand-over.ts';
import { type CarriedFile, takeInventory } from './inventory.ts';
import { askSite, carry, measureRate, type SiteAddress } from './site-shell.ts';

/** Bytes that are sent to find out how fast the way is; for less than that nothing is measured. */
const PROBE_BYTES = 4 << 20;
/** What a file takes on a disk is a multiple of this many bytes. */
const BLOCK = 4096;
/** How often files that arrived otherwise than they were sent are sent again. */
const MAX_SENDINGS = 3;

/** What a move costs, before it begins. */
export interface MoveCost {
  files: number;
  /** Bytes of the run, and of them those that the site does not have. */
  bytes: number;
  bytesToSend: number;
  /** By a probe of this line; null where there is too little to send. */
  seconds: number | null;
  /** By the catalogue's price of the cluster that the run leaves; null: not known. */
  egress: { amount: number; currency: string } | null;
}

export interface MoveOptions {
  /** The run's folder. */
  run: string;
  site: SiteAddress;
  /** The folder at the site. */
  to: string;
  signer: Signer;
  /** The release's arithmetic, which the site must have too. */
  arithmeticVersion: number;
  /** Price of a gigabyte that leaves. */
  egress: { price: number; currency: string } | null;
  /** Only what it costs: the run may go on meanwhile, and nothing is locked. */
  isEstimate: boolean;
  /** Asked before anything is sent; false ends the move. */
  approve: (cost: MoveCost) => Promise<boolean>;
  signal: AbortSignal;
  onProgress: (phase: 'read' | 'carry' | 'check', bytes: number, total: number) => void;
}

export interface Moved {
  /** The step after which it was handed over, and the keys. */
  step: number;
  from: string;
  to: string;
  /** Null where an earlier call had carried all. */
  cost: MoveCost | null;
}

/**
 * Hands a run over to a site.
 * @returns undefined where it was not approved
 * @throws JikjiError `locked`, `run-handed-over`, `run-finished`, `site-away`, `site-full`, `site-has-run`, `site-version`, ...
 */
export async function moveRun(options: MoveOptions): Promise<Moved | undefined> {
  const run = resolve(options.run);
  const { digest: genesis } = readStatement(join(run, GENESIS), 'genesis');
  const release = options.isEstimate ? () => {} : takeLock(join(run, RUN_LOCK), 'this run');
  try {
    return await move({ ...options, run }, genesis);
  } finally {
    release();
  }
}

async function move(options: MoveOptions, genesis: string): Promise<Moved | undefined> {
  const { run, site, to: folder, signer, signal, onProgress } = options;
  const waiting = waitingHandOver(run);
  const taken = waiting ? undefined : countersigned(run, signer);
  if (!waiting && !taken) {
    requireHolder(run, signer.fingerprint);
    requireUnfinished(run);
  }
  let read = 0;
  const files = await takeInventory(run, (bytes, total) => {
    read += bytes;
    onProgress('read', read, total);
  });
  const ask = <T>(request: Asked, shape: z.ZodType<T>): Promise<T> =>
    askSite(site, ['sites', 'receive'], { input: `${JSON.stringify(request)}\n`, shape, signal });
  const opened = await ask({ do: 'open', folder, genesis, files }, answerShapes.open);
  const nextKey = Buffer.from(opened.key, 'base64');
  requireSameArithmetic(opened, options);
  if (taken) {
    const { nextKey: key, ...moved } = taken;
    if (opened.isHere && opened.key === key) return { ...moved, cost: null };
    requireHolder(run, signer.fingerprint);
  }
  if (opened.isHere && !waiting)
    throw new JikjiError(
      'site-has-run',
      'that site goes on with this run already, and this folder does not know it: it is an older copy',
      site.name,
      'go on there; do not train this copy, it would be a second continuation',
    );
  let cost: MoveCost | null = null;
  if (!opened.isHere) {
    const lacking = ownOf(files, opened.lacking);
    cost = await costOf(files, lacking, options);
    requireRoom(site, lacking, opened.free);
    if (!(await options.approve(cost)) || options.isEstimate) return undefined;
    const check = () => ask({ do: 'check', folder, genesis, files }, answerShapes.check);
    try {
      await carryAll(lacking, options, async () => (await check()).lacking);
    } catch (error) {
      if (!(error instanceof JikjiError) || error.code !== 'site-away') throw error;
      // A disk that got full ends the far rsync, often without a word.
      const now = await ask({ do: 'open', folder, genesis, files }, answerShapes.open).catch(() => undefined);
      if (now) requireRoom(site, ownOf(files, now.lacking), now.free);
      throw error;
    }
  }
  if (options.isEstimate) return undefined;
  signal.throwIfAborted();
  const signed = await handOver(run, nextKey, signer);
  const { number, text: handed } = signed;
  const { takeOver } = await ask({ do: 'take', folder, genesis, number, handOver: handed }, answerShapes.take);
  keepTakeOver(run, signed, takeOver);
  const { holder } = readHolder(run);
  return { step: signed.step, from: signer.fingerprint, to: holder!, cost };
}

/** The last hand-over, by this key, that is countersigned here: an earlier call ended all but the start at the site. */
function countersigned(run: string, { fingerprint }: Signer) {
  const last = readHolder(run).chain.at(-1);
  if (!last?.taken || last.statement.keyid !== fingerprint || last.taken.keyid === fingerprint) return undefined;
  const { step, nextKey } = last.statement.predicate;
  return { step, nextKey, from: fingerprint, to: last.taken.keyid };
}

/** Of our own files those that a site names: it decides nothing else. */
function ownOf(files: readonly CarriedFile[], named: readonly CarriedFile[]): CarriedFile[] {
  const paths = new Set(named.map(({ path }) => path));
  return files.filter(({ path }) => paths.has(path));
}

const bytesOf = (files: readonly CarriedFile[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

async function costOf(
  files: readonly CarriedFile[],
  lacking: readonly CarriedFile[],
  { site, egress, signal }: MoveOptions,
): Promise<MoveCost> {
  const bytesToSend = bytesOf(lacking);
  const rate = bytesToSend < PROBE_BYTES ? null : await measureRate(site, randomBytes(PROBE_BYTES), signal);
  return {
    files: files.length,
    bytes: bytesOf(files),
    bytesToSend,
    seconds: rate === null ? null : bytesToSend / rate,
    egress: egress && { amount: (egress.price * bytesToSend) / 1e9, currency: egress.currency },
  };
}

/** Sends files until the site has them all with their digests. @throws JikjiError `site-answer`, and those of `carry` */
async function carryAll(
  lacking: readonly CarriedFile[],
  { run, site, to, signal, onProgress }: MoveOptions,
  check: () => Promise<readonly CarriedFile[]>,
): Promise<void> {
  let left = lacking;
  for (let sending = 1; sending <= MAX_SENDINGS; sending++) {
    const total = bytesOf(left);
    const paths = left.map(({ path }) => path);
    const onBytes = (bytes: number): void => onProgress('carry', Math.min(bytes, total), total);
    if (paths.length > 0) await carry(site, { from: run, to: arrivalOf(to), paths, signal, onProgress: onBytes });
    onProgress('check', 0, 0);
    left = ownOf(lacking, await check());
    if (left.length === 0) return;
  }
  throw new JikjiError(
    'site-answer',
    `${left.length} files do not arrive as they were sent, ${left[0]!.path} among them`,
    site.name,
    'see to the disk and the memory there',
  );
}

/** @throws JikjiError `site-full` */
function requireRoom(site: SiteAddress, files: readonly CarriedFile[], free: number): void {
  const needed = files.reduce((sum, { bytes }) => sum + BLOCK * Math.ceil(bytes / BLOCK), 0);
  if (needed <= free) return;
  const what = `has no room for the run: ${needed} bytes are to come, ${free} are free`;
  throw new JikjiError('site-full', what, site.name, 'free some space there, then give the same call again');
}

function requireSameArithmetic(
  { arithmeticVersion, version }: { arithmeticVersion: number; version: string },
  options: MoveOptions,
): void {
  if (arithmeticVersion === options.arithmeticVersion) return;
  const what = `its Jikji ${version} computes by version ${arithmeticVersion} of the arithmetic, the one here by ${options.arithmeticVersion}`;
  throw new JikjiError('site-version', what, options.site.name, 'install the same release at both sites');
}
