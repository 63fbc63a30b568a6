// A run of another program at the office over HTTP: its heads with the figures of their records, and the package's own client in Python.

import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeToyRun } from '../../audit/witness/testing/toy-run.ts';
import { digestOfCommitment, Register, type Signer, sha256Hex, signHead } from '../../ledger/index.ts';
import { key } from '../../ledger/testing/register.ts';
import { recordLine } from '../../ledger/testing/transcript.ts';
import { verifyLog } from '../programme/index.ts';
import { serve } from './server.ts';
import { TestServer } from './testing/api.ts';

const LODGINGS = '/api/programmes/test/lodgings';
let server: TestServer;
let maker: Signer;
let work: string;
beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'jikji-lodging-'));
  server = await new TestServer().begin();
  maker = key();
  await server.office.say('consortium-key-named', { consortium: 'a', key: maker.fingerprint });
});
afterEach(async () => {
  await server.close();
  rmSync(work, { recursive: true, force: true });
});

const lodge = (body: object) => server.post('consortium', '/lodgings', body);
const heads = async () => (await server.read('public', '/lodgings')).runs[0]?.heads ?? [];

test('heads arrive with the figures of their records, bound by their links; anybody sees them, the log keeps them', async () => {
  const { folder, commitment } = writeToyRun(join(work, 'run'), { maker });
  const lines = readFileSync(join(folder, 'transcript.jsonl'), 'utf8').trim().split('\n');
  const records = lines.map((line) => JSON.parse(line));
  const run = digestOfCommitment(commitment);
  for (const step of [1, 10, 20]) {
    const before = step === 1 ? run : records[step - 2].link;
    const statement = signHead({ run, step, head: records[step - 1].link }, maker);
    const { status, body } = await lodge({ statement, record: { before, line: lines[step - 1] } });
    expect([status, body.kind]).toEqual([200, 'head']);
  }
  const without = signHead({ run, step: 30, head: records[29].link }, maker);
  expect((await lodge({ statement: without })).status).toBe(200);
  const loss = (step: number): number => Buffer.from(records[step - 1].loss, 'hex').readDoubleBE();
  const shown = await heads();
  expect(shown.map(({ step, figures }: { step: number; figures: { loss: number } }) => [step, figures?.loss])).toEqual([
    [1, loss(1)],
    [10, loss(10)],
    [20, loss(20)],
    [30, undefined],
  ]);
  const seal = readFileSync(join(folder, 'seal.json'), 'utf8');
  const genesis = readFileSync(join(folder, 'genesis.json'), 'utf8');
  expect((await lodge({ statement: seal, genesis })).body.kind).toBe('seal');

  await server.programme.close();
  await server.office.open();
  await server.open();
  expect(await heads()).toEqual(shown);
  const found = await verifyLog(server.programme.store, () => {});
  expect([found.head, found.altered]).toEqual([server.programme.head, undefined]);
});

test('a record that is not the one of its head is refused, and nothing is lodged', async () => {
  const before = 'ab'.repeat(32);
  const made = recordLine({ step: 7, loss: 2.5, gradNorm: 1, learningRate: 1 }, before);
  const other = recordLine({ step: 7, loss: 1.5, gradNorm: 1, learningRate: 1 }, before);
  const run = sha256Hex('run');
  const statement = signHead({ run, step: 7, head: made.link }, maker);
  const eighth = signHead({ run, step: 8, head: made.link }, maker);
  const { line } = made;
  for (const [text, record] of [
    [statement, { before, line: other.line }],
    [statement, { before, line: other.line.replace(other.link, made.link) }],
    [statement, { before: 'cd'.repeat(32), line }],
    [statement, { before, line: `${line} ` }],
    [statement, { before, line: '{}' }],
    [eighth, { before, line }],
  ] as const) {
    const { status, body } = await lodge({ statement: text, record });
    expect([status, body.error?.code]).toEqual([422, 'head-record-differs']);
  }
  for (const record of [{ before, line: line.padEnd(10 << 20) }, { before: 'x', line }, { line }, line]) {
    const { status, body } = await lodge({ statement, record });
    expect([413, 422]).toContain(status);
    expect(body.error.code).toMatch(/^request-(shape|too-large)$/);
  }
  expect(await heads()).toEqual([]);
  // Figures that are not finite are not numbers in JSON.
  const nan = recordLine({ step: 9, loss: Number.NaN, gradNorm: Number.POSITIVE_INFINITY, learningRate: 0.5 }, before);
  const ninth = signHead({ run, step: 9, head: nan.link }, maker);
  expect((await lodge({ statement: ninth, record: { before, line: nan.line } })).status).toBe(200);
  expect((await heads())[0].figures).toEqual({ loss: null, gradNorm: null, learningRate: 0.5 });
});

const PACKAGE = new URL('../../../witness', import.meta.url).pathname;
const hasPython =
  spawnSync('/usr/bin/python3', ['-c', 'import jikji_witness.office'], { env: { PYTHONPATH: PACKAGE } }).status === 0;
skipped('the client of the package for PyTorch', hasPython ? undefined : 'python3-cryptography is not installed');

/** What the package asks: a lodging, then one of a statement that was changed after it was signed. */
const CLIENT = `
import json
import sys
from jikji_witness.office import Office, Refused
office = Office(sys.argv[1])
text = open(sys.argv[2]).read()
record = {"record": json.loads(sys.argv[4])}
print(office.lodge(text, sys.argv[3], record)[1].predicate["nonce"])
try:
    office.lodge(text.replace('"sig":"M', '"sig":"N'), sys.argv[3], {})
except Refused as error:
    print("refused", error)
`;

import { skipped } from '../../base/testing/skipped.ts';

test.skipIf(!hasPython)(
  "the package's own client lodges with a server on a port, and verifies its answer",
  async () => {
    const { body } = await server.post('consortium', '/api/tokens', { name: 'witness', days: 1 });
    await server.programme.close();
    const signer = async () => server.office.signer;
    const listening = await serve({
      places: [{ where: server.office.where, files: join(work, 'files') }],
      office: { signer, signerAtHand: signer, newSigner: signer },
      ...{ version: '1.2.3', host: '127.0.0.1', port: 0, orNext: false, threads: 1 },
      onTrouble: (error) => {
        throw error;
      },
    });
    try {
      const before = sha256Hex('before');
      const record = recordLine({ step: 10, loss: 1.5, gradNorm: 1, learningRate: 0.5 }, before);
      const statement = signHead({ run: sha256Hex('run'), step: 10, head: record.link }, maker);
      const file = join(work, 'head.json');
      writeFileSync(file, statement);
      const address = `${listening.url}/programmes/test`;
      const { stdout } = await promisify(execFile)(
        '/usr/bin/python3',
        ['-c', CLIENT, address, file, sha256Hex(statement), JSON.stringify({ before, line: record.line })],
        {
          env: { PYTHONPATH: PACKAGE, JIKJI_OFFICE_TOKEN: body.token },
        },
      );
      const [nonce, refused] = stdout.trim().split('\n');
      const asked = async (path: string) => (await fetch(`${listening.url}${path}`)).text();
      expect(JSON.parse(await asked(LODGINGS)).runs[0].heads[0]).toMatchObject({ step: 10, figures: { loss: 1.5 } });
      const register = Register.read(await asked('/api/programmes/test/register'), 'it');
      expect(register.entries[0]!.nonce).toBe(nonce);
      expect(refused).toMatch(/^refused says: /);
      expect(refused).not.toContain(body.token);
    } finally {
      await listening.close();
      await server.office.open();
    }
  },
);
