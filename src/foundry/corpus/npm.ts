// Gets tarballs of npm packages: from the cache if it has their digest, else by `npm pack`. Neither runs nor reads what is in them.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import {
  filePieces,
  JikjiError,
  parseJson,
  systemCode,
  writeFailure,
  writeFileAtomic,
  writeFully,
} from '../../base/index.ts';
import type { RecipeSource } from '../recipe/index.ts';
import { npmSpec, sha512Hex, sourceError } from './recipe.ts';

/** A tarball on this machine that has the pinned digest. */
export interface Tarball {
  path: string;
  /** npm's form: `sha512-` and base64. */
  integrity: string;
}

/** Path of the tarball with this digest in the cache. */
export const cachedTarball = (cacheFolder: string, sha512: string): string => join(cacheFolder, `${sha512}.tgz`);

/**
 * Gets the tarball of an npm source. Uses a cached one with the pinned digest without the network; fetches a damaged one again.
 * `at` is the source's place in the recipe.
 * @throws JikjiError `npm-missing`, `npm-offline`, `npm-not-found`, `npm-version-not-found`, `npm-failed`,
 * `npm-unpinned`, `npm-digest`
 */
export async function fetchTarball(
  source: RecipeSource,
  at: string,
  cacheFolder: string,
  signal?: AbortSignal,
): Promise<Tarball> {
  const spec = source.npm!;
  const pinned = source.sha512 === undefined ? undefined : sha512Hex(source.sha512)!;
  if (pinned !== undefined) {
    const cached = cachedTarball(cacheFolder, pinned);
    if (existsSync(cached) && sha512OfFile(cached) === pinned) return { path: cached, integrity: integrityOf(pinned) };
  }
  const folder = temporaryFolder();
  try {
    await npmPack(spec, `${at}.npm`, folder, signal);
    const packed = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    if (packed.length !== 1) {
      throw sourceError('npm-failed', `npm pack left ${packed.length} tarballs`, `${at}.npm: ${spec}`, NPM_HINT);
    }
    const tarball = join(folder, packed[0]);
    const actual = sha512OfFile(tarball);
    if (pinned === undefined) {
      throw sourceError(
        'npm-unpinned',
        'the package is not pinned, so another run could get other text',
        `${at}: ${spec}`,
        `if you trust this copy, add   sha512: ${integrityOf(actual)}`,
      );
    }
    if (actual !== pinned) {
      throw sourceError(
        'npm-digest',
        `the registry's tarball has another SHA-512 than the recipe: ${integrityOf(actual)}`,
        `${at}.sha512: ${spec}`,
        'find out why before changing the pin: published versions never change',
      );
    }
    return { path: addToCache(tarball, cacheFolder, actual), integrity: integrityOf(actual) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'jikji-npm-'));
  } catch (error) {
    throw writeFailure(error, tmpdir());
  }
}

const NPM_HINT = 'run `npm pack` by hand: it shows more';

/** npm's form of a SHA-512 in hex. */
export const integrityOf = (hex: string): string => `sha512-${Buffer.from(hex, 'hex').toString('base64')}`;

/** Folder of a user's tarballs, shared by all runs. */
export const userCacheFolder = (): string => {
  const cache = process.env.XDG_CACHE_HOME;
  return join(cache && isAbsolute(cache) ? cache : join(homedir(), '.cache'), 'jikji');
};

export function sha512OfFile(path: string): string {
  const digest = createHash('sha512');
  for (const piece of filePieces(path)) digest.update(piece);
  return digest.digest('hex');
}

/** Copies a checked tarball into the cache atomically. */
function addToCache(tarball: string, cacheFolder: string, sha512: string): string {
  const path = cachedTarball(cacheFolder, sha512);
  writeFileAtomic(path, (fd) => {
    for (const piece of filePieces(tarball)) writeFully(fd, piece);
  });
  return path;
}

/** Runs `npm pack` for a package of the registry; npm writes the tarball into `folder`. */
async function npmPack(spec: string, at: string, folder: string, signal: AbortSignal | undefined): Promise<void> {
  const options = ['--pack-destination', folder, '--json', '--ignore-scripts', '--prefer-offline', '--no-audit'];
  // One retry after half a second covers a short fault, and without a network the user does not wait for minutes. The timeout is
  // until the response begins, not until it ends.
  const retries = ['--fetch-retries', '1', '--fetch-retry-mintimeout', '500', '--fetch-retry-maxtimeout', '1000'];
  const args = ['pack', ...options, ...retries, '--fetch-timeout', '20000', '--', spec];
  const { code, stdout, stderr } = await runNpm(args, folder, at, signal);
  if (code === 0) return;
  const failure = npmFailure(stdout) ?? { code: '', summary: stderr.trim().split('\n')[0] ?? '' };
  const { name, version } = npmSpec(spec)!;
  const input = `${at}: ${spec}`;
  if (
    /^(E?NOTFOUND|ENOTFOUND|EAI_\w+|ECONN\w+|E\w*TIMEDOUT|ENET\w+|EHOST\w+|ENOTCACHED|ERR_SOCKET_TIMEOUT|EPROTO)$/.test(
      failure.code,
    )
  ) {
    throw sourceError(
      'npm-offline',
      `the npm registry cannot be reached (${failure.code}), and the package is not in the cache`,
      input,
      'connect to the network once; afterwards the cached copy is enough',
    );
  }
  if (failure.code === 'ETARGET' || failure.code === 'E404') {
    const known = failure.code === 'ETARGET';
    throw sourceError(
      known ? 'npm-version-not-found' : 'npm-not-found',
      known ? `the package ${name} has no version ${version}` : `the npm registry has no package ${name}`,
      input,
      known ? `\`npm view ${name} versions\` lists them` : 'check the name',
    );
  }
  if (failure.code === 'ENOSPC') {
    throw writeFailure(Object.assign(new Error(failure.summary), { code: 'ENOSPC' }), folder);
  }
  throw sourceError('npm-failed', `npm pack failed: ${failure.code} ${failure.summary}`.trim(), input, NPM_HINT);
}

/** The error in npm's --json output. */
function npmFailure(stdout: string): { code: string; summary: string } | undefined {
  try {
    const { error } = parseJson(stdout.slice(stdout.indexOf('{'))) as { error: Record<string, unknown> };
    return { code: String(error.code ?? ''), summary: String(error.summary ?? '').split('\n')[0] };
  } catch {
    return undefined;
  }
}

/** Runs npm in the folder `cwd`; `at` is the place in the recipe for errors. */
function runNpm(
  args: string[],
  cwd: string,
  at: string,
  signal: AbortSignal | undefined,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((done, failed) => {
    const child = spawn('npm', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], ...(signal ? { signal } : {}) });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (piece) => {
      if (stdout.length < 1 << 22) stdout += piece;
    });
    child.stderr.on('data', (piece) => {
      if (stderr.length < 1 << 16) stderr += piece;
    });
    child.on('error', (error) => {
      const missing = systemCode(error) === 'ENOENT';
      failed(
        signal?.aborted
          ? signal.reason
          : missing
            ? new JikjiError('npm-missing', 'npm is not installed', at, 'install npm, or use `files` sources', {
                cause: error,
              })
            : error,
      );
    });
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}
