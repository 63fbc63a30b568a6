// `jikji program` over the record of 2025: unpublished values are not known, in words and in JSON, and nothing is computed from them.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { emptyDatabase } from '../program/database/testing/empty.ts';
import { run } from './main.ts';
import { locationOf, withProgramme } from './program/opened.ts';
import { call, workFolder } from './testing/bad-input.ts';
import { KeptOpen } from './testing/open-programmes.ts';

const kept = new KeptOpen();
let folder: string;
const env = () => ({ JIKJI_DATABASE: join(folder, 'p') });
beforeAll(async () => {
  folder = workFolder();
  await emptyDatabase(join(folder, 'p', 'database'));
  expect((await call(folder, ['program', 'example', 'korea-2025'], env())).status).toBe(0);
});
afterAll(async () => {
  await kept.close();
  for (const path of [folder, `${folder}.home`]) rmSync(path, { recursive: true, force: true });
});

/** What people are told. */
async function page(...args: string[]): Promise<string> {
  let out = '';
  vi.stubEnv('JIKJI_DATABASE', env().JIKJI_DATABASE);
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  try {
    expect(await run(['program', ...args])).toBe(0);
  } finally {
    write.mockRestore();
    vi.unstubAllEnvs();
  }
  return out;
}

test('standings: one total, no place, no interval, no chance, and the decision as it was published', async () => {
  const told = await page('standings');
  expect(told).toMatch(/^not known +LG AI Research and partners +90\.2$/m);
  for (const firm of ['SK Telecom', 'Naver Cloud', 'Upstage', 'NC AI'])
    expect(told).toMatch(new RegExp(`^not known +${firm} and partners +not known$`, 'm'));
  expect(told).not.toMatch(/%|interval|chance|draws|lacking|stage-1|lg-ai-research/);
  expect(told).toContain('Kept: SK Telecom and partners, LG AI Research and partners, Upstage and partners');
  expect(told).toContain('Out:  Naver Cloud and partners, by the rules on originality');
  expect(told).toContain('Out:  NC AI and partners, by points');
  expect(told).toMatch(
    /^not official: Order .* as a newspaper found out: LG AI Research, SK Telecom, .*\(etnews, 2026/m,
  );
});

test('status: whether the decision was final is not known', async () => {
  expect(await page('status')).toMatch(/^ *stage-1 .* decided, as published$/m);
  const { stdout } = await call(folder, ['program', 'status'], env());
  expect(JSON.parse(stdout).stages).toMatchObject([{ id: 'stage-1', status: 'recorded' }]);
});

test('standings --json: null where it is not known; who was kept is what was decided', async () => {
  const { stdout } = await call(folder, ['program', 'standings'], env());
  const found = JSON.parse(stdout);
  const unknown = ['sk-telecom', 'naver-cloud', 'upstage', 'nc-ai'];
  expect(found).toMatchObject({
    record: true,
    unknown,
    kept: ['sk-telecom', 'lg-ai-research', 'upstage'],
    out: [
      { consortium: 'naver-cloud', reason: 'veto' },
      { consortium: 'nc-ai', reason: 'points' },
    ],
    undecided: [],
    lacking: [],
    seed: null,
    moves: null,
  });
  for (const { id, total, place, interval, places, keptChance } of found.teams)
    expect([id, total, place, interval, places, keptChance]).toEqual([
      id,
      unknown.includes(id) ? null : 90.2,
      null,
      null,
      null,
      null,
    ]);
  expect(found.unofficial.map(({ official }: { official: boolean }) => official)).toEqual([false, false]);
});

test('explain: the total of a team whose points were not published is not known', async () => {
  expect(await page('explain', 'stage-1/upstage')).toMatch(/^Upstage and partners, stage-1: not known of 100/);
});

test('a record takes no new stage, and closing one says that before it says what is lacking', async () => {
  const hint = 'a record of what others did takes nothing new';
  for (const args of [['open', 'stage-2', '--consortium', 'upstage'], ['close'], ['decide']]) {
    const { status, stderr } = await call(folder, ['program', ...args], env());
    expect([args[0], status]).toEqual([args[0], 2]);
    expect(stderr).toContain(hint);
    expect(stderr).not.toContain('asks for more');
  }
});

test('standings of a stage for which no decision was recorded do not say that nobody is kept', async () => {
  vi.stubEnv('JIKJI_DATABASE', env().JIKJI_DATABASE);
  // What an older version let into a record.
  await withProgramme(locationOf(undefined), async ({ programme }) => {
    const { ruleBook } = programme.tables.get('stages', 'stage-1')!;
    const data = { id: 'stage-2', title: { en: 'Stage 2' }, ruleBook: ruleBook!, consortia: ['upstage'] };
    await programme.record('office:test', [{ kind: 'stage-opened', data }]);
  });
  const told = await page('standings', 'stage-2');
  expect(told).toContain('No decision of this stage is recorded.');
  expect(told).not.toContain('Kept');
  const closing = await call(folder, ['program', 'close', 'stage-2'], env());
  expect(closing.stderr).toContain('takes nothing new');
  expect(closing.stderr).not.toContain('asks for more');
});
