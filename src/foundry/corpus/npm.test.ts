// npm sources with the real npm, against a registry of our own on this machine's loopback: no network is used.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import type { RecipeSource } from '../recipe/index.ts';
import { buildCorpus, readDocumentsSync } from './index.ts';

const root = temporaryFolder();
let server: Server;
let asked: string[] = [];
let sha512: string;

beforeAll(async () => {
  const folder = join(root, 'package');
  mkdirSync(join(folder, 'texts', 'sub'), { recursive: true });
  const manifest = {
    name: '@jikji-test/texts',
    version: '1.2.3',
    // Code that must never run would leave a trace.
    scripts: Object.fromEntries(
      ['prepack', 'prepare', 'postpack', 'install'].map((s) => [s, `touch ${join(root, 'ran')}`]),
    ),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'texts', 'b.txt'), 'second');
  writeFileSync(join(folder, 'texts', 'a.txt'), 'first');
  writeFileSync(join(folder, 'texts', 'sub', 'c.txt'), 'third');
  writeFileSync(join(folder, 'other.txt'), 'not asked for');
  mkdirSync(join(folder, 'talks'));
  writeFileSync(join(folder, 'talks', 'a.jsonl'), '{"instruction":"a","output":"b"}\n');
  writeFileSync(join(folder, 'talks', 'b.json'), '[{"instruction":"c","output":"d"}]');
  copyFileSync(join(import.meta.dirname, 'readers/fixtures/alpaca.parquet'), join(folder, 'talks', 'c.parquet'));
  const packed = spawnSync('npm', ['pack', '--ignore-scripts', '--offline', '--pack-destination', root], {
    cwd: folder,
  });
  if (packed.status !== 0) throw new Error(packed.stderr.toString());
  const tarball = readFileSync(join(root, 'jikji-test-texts-1.2.3.tgz'));
  sha512 = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;

  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (request.url === '/texts.tgz') response.end(tarball);
    else if (decodeURIComponent(request.url ?? '') === '/@jikji-test/texts') {
      const dist = { tarball: `${here}/texts.tgz`, integrity: sha512 };
      const versions = { '1.2.3': { ...manifest, dist } };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name: manifest.name, 'dist-tags': { latest: '1.2.3' }, versions }));
    } else {
      response.statusCode = 404;
      response.end('{"error":"Not found"}');
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  vi.stubEnv('npm_config_registry', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  vi.stubEnv('npm_config_noproxy', '127.0.0.1');
});

beforeEach(() => {
  asked = [];
  rmSync(join(root, 'corpus'), { recursive: true, force: true });
  vi.stubEnv('npm_config_cache', mkdtempSync(join(root, 'npm-cache-')));
});

afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
});

const source = (rest: Partial<RecipeSource> = {}): RecipeSource => ({
  npm: '@jikji-test/texts@1.2.3',
  sha512,
  path: 'texts',
  read: 'text',
  language: 'en',
  licence: 'CC0-1.0',
  weight: 1,
  ...rest,
});

const build = (sources: RecipeSource[], cache: string) =>
  buildCorpus({
    sources,
    validation: 0,
    recipeFolder: root,
    corpusFolder: join(root, 'corpus'),
    cacheFolder: join(root, cache),
  });

async function failure(work: Promise<unknown>) {
  const error = await work.then(
    () => new Error('it did not fail'),
    (e: unknown) => e,
  );
  if (!(error instanceof JikjiError)) throw error;
  expect(existsSync(join(root, 'corpus'))).toBe(false);
  expect(readdirSync(root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  return error;
}

/** A port without a listener, as if there were no network. */
async function nobodyListens<T>(work: () => Promise<T>) {
  const registry = process.env.npm_config_registry;
  process.env.npm_config_registry = 'http://127.0.0.1:9/';
  try {
    return await work();
  } finally {
    process.env.npm_config_registry = registry;
  }
}

test('fetched once, then read without a network; hex pins work; no code of the package runs', async () => {
  const manifest = await build([source()], 'cache');
  expect([...readDocumentsSync(join(root, 'corpus/source-00.train.jsonl'))]).toEqual(['first', 'second', 'third']);
  expect(manifest.sources[0].origin).toMatchObject({
    npm: '@jikji-test/texts@1.2.3',
    integrity: sha512,
    path: ['texts'],
    fileCount: 3,
  });
  const hex = Buffer.from(sha512.slice(7), 'base64').toString('hex');
  expect(readdirSync(join(root, 'cache'))).toEqual([`${hex}.tgz`]);
  asked = [];
  const again = await nobodyListens(() => build([source({ sha512: hex.toUpperCase() })], 'cache'));
  expect(again).toEqual(manifest);
  expect(asked).toEqual([]);

  // A damaged copy is not used, and is fetched again.
  writeFileSync(join(root, 'cache', `${hex}.tgz`), 'damaged');
  expect((await build([source()], 'cache')).corpusRoot).toBe(manifest.corpusRoot);
  const restored = readFileSync(join(root, 'cache', `${hex}.tgz`));
  expect(createHash('sha512').update(restored).digest('hex')).toBe(hex);
  expect(existsSync(join(root, 'ran'))).toBe(false);
});

test('conversations of a package, in each form of file', async () => {
  const manifest = await build([source({ path: 'talks', read: 'conversations' })], 'cache');
  expect(manifest.sources[0].origin.fileCount).toBe(3);
  const documents = [...readDocumentsSync(join(root, 'corpus/source-00.train.jsonl'))];
  expect(documents.map((text) => JSON.parse(text).messages[1].content)).toEqual(['b', 'd', '3', 'Hello.', 'What?']);
});

test('no pin: the error gives the pin to paste', async () => {
  const { sha512: _, ...unpinned } = source();
  const error = await failure(build([unpinned], 'cache-1'));
  expect(error.code).toBe('npm-unpinned');
  expect(error.hint).toContain(sha512);
});

test('another digest: the error names both, and no tarball is kept', async () => {
  const error = await failure(build([source({ sha512: 'ab'.repeat(64) })], 'cache-2'));
  expect(error.code).toBe('npm-digest');
  expect(error.message).toContain(sha512);
  expect(existsSync(join(root, 'cache-2'))).toBe(false);
});

test('an unknown package, version, or file in the package', async () => {
  expect((await failure(build([source({ npm: '@jikji-test/none@1.0.0' })], 'cache-3'))).code).toBe('npm-not-found');
  expect((await failure(build([source({ npm: '@jikji-test/texts@9.9.9' })], 'cache-3'))).code).toBe(
    'npm-version-not-found',
  );
  const error = await failure(build([source({ path: ['texts', 'nothing/*.txt'] })], 'cache-3'));
  expect(error).toMatchObject({ code: 'source-missing', input: 'corpus.sources[0].path' });
  expect(error.message).toContain('nothing/*.txt');
});

test('no network and nothing cached', async () => {
  const error = await nobodyListens(() => failure(build([source()], 'cache-4')));
  expect(error.code).toBe('npm-offline');
  expect(error.message).toContain('ECONNREFUSED');
});

test('no npm', async () => {
  const path = process.env.PATH;
  process.env.PATH = join(root, 'nowhere');
  try {
    expect((await failure(build([source()], 'cache-5'))).code).toBe('npm-missing');
  } finally {
    process.env.PATH = path;
  }
});
