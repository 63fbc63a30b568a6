// `jikji program` over a value chain: registers a catalogue, allots and meters hours, shows accounts and self-reliance, and reports mistakes in
// any of these.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { argv } from '../base/testing/argv.ts';
import { workFolder } from './testing/bad-input.ts';
import { programmeCalls } from './testing/open-programmes.ts';

const folder = workFolder();
const { ask, callsOn, page, program, refused } = programmeCalls(folder, ['p', 'q']);

// biome-ignore lint/suspicious/noExplicitAny: results of many kinds
type Result = any;
const period = argv`--from 2026-04-01 --to 2026-06-30`;

test('practice: from its value chain to accounts, and what stops without which suppliers', {
  timeout: 600_000,
}, async () => {
  await program`example practice`;
  const before = await program`compute`;
  expect(before.catalogue.parts.map(({ id }: { id: string }) => id)).toEqual(['world', 'practice']);
  const accountOf = (found: Result, consortium: string, from: string) =>
    found.accounts.find((one: Result) => one.consortium === consortium && one.from === from && one.allotted !== null);
  expect(accountOf(before, 'bellflower', '2026-01-01')).toMatchObject({ allotted: 50_000, left: -2600 });
  expect(accountOf(before, 'azalea', '2026-01-01')).toMatchObject({ metered: 41_300, left: 18_700 });

  const allot = argv`allot azalea-q2 --consortium azalea ${period} --hours 500`;
  expect(await program`${allot} --on azalea-one`).toMatchObject({ kind: 'allotment-given', deviceHours: 500 });
  expect(await program`${allot.slice(0, -1)} 700 --on azalea-one --publisher ${'the office'}`).toMatchObject({
    source: { publisher: 'the office' },
  });
  expect(await refused`${allot} --on azalea-won`).toMatchObject({ code: 'cluster-unknown', input: 'azalea-won' });
  expect(await refused`allot x --consortium azalea ${period} --hours -1 --on azalea-one`).toEqual(
    expect.objectContaining({ code: 'usage', input: '--hours -1' }),
  );
  const days = argv`--from 2026-06-30 --to 2026-07-01 --hours 100`;
  await program`usage azalea-june --consortium azalea --on azalea-one ${days}`;
  // One day of two is in the quarter.
  expect(accountOf(await program`compute`, 'azalea', '2026-04-01')).toMatchObject({
    allotted: 700,
    metered: 50,
    left: 650,
  });
  expect(await refused`usage x --consortium aster ${days}`).toMatchObject({ code: 'consortium-unknown' });

  const { index, whatIf } = await program`reliance --without northgate --without QZ`;
  expect(index.layers.map(({ layer }: { layer: string }) => layer)).toHaveLength(8);
  expect(whatIf.without).toEqual({ suppliers: ['northgate'], countries: ['QZ'] });
  const fates = Object.fromEntries(whatIf.uses.map(({ use, fate }: Record<string, string>) => [use, fate]));
  expect(fates).toMatchObject({
    'azalea-training': 'stops',
    'camellia-serving': 'goes-on',
    'azalea-serving': 'goes-on',
  });
  // The counts of both clusters in programs/practice/value-chain.yaml.
  const compared = 'plan MODEL --on northgate-n9:64 --on camellia-c1:128';
  expect(await page`reliance --without northgate`).toMatch(
    new RegExp(`could take over +does +could\\n[^]* 20.0 % +60.0 %\\n[^]*${compared}\\n`),
  );
  const one = await program`reliance --consortium camellia --without ${'Northgate Silicon (made up)'}`;
  expect(one.index.of).toEqual({ kind: 'consortium', id: 'camellia' });
  expect(one.whatIf.uses.map(({ use }: { use: string }) => use)).toEqual(['camellia-training', 'camellia-serving']);
  expect(await refused`reliance --consortium aster`).toMatchObject({ code: 'consortium-unknown' });
  expect(await refused`reliance --without norhtgate`).toMatchObject({ code: 'supplier-unknown' });
  expect(await refused`reliance --without FR`).toMatchObject({ code: 'country-unknown' });
});

test('a catalogue is registered whole or not at all, and its mistakes are reported with file and line', {
  timeout: 600_000,
}, async () => {
  const chain = readFileSync(new URL('../../programs/practice/value-chain.yaml', import.meta.url), 'utf8');
  const write = (text: string) => writeFileSync(join(folder, 'value-chain.yaml'), text);
  write(chain);
  expect(await refused`catalogue value-chain.yaml`).toMatchObject({
    code: 'catalogue-exists',
    hint: 'give a changed part a higher version',
  });
  write(chain.replace('count: 64', 'count: 65'));
  expect(await refused`catalogue value-chain.yaml`).toMatchObject({
    code: 'catalogue-version',
    input: 'practice 1',
  });
  const broken = chain.replace('memory: [maple-hbm]', 'memory: [mapel-hbm]').replace('version: 1\n', 'version: 2\n');
  write(broken);
  const line = broken.split('\n').findIndex((text) => text.includes('mapel')) + 1;
  expect(await refused`catalogue value-chain.yaml`).toMatchObject({
    code: 'catalogue-unknown',
    input: `value-chain.yaml:${line}`,
    hint: 'did you mean maple-hbm?',
  });
  expect(await refused`catalogue none.yaml`).toMatchObject({ code: 'file-missing' });
  expect((await program`compute`).catalogue.parts[1]).toMatchObject({ id: 'practice', version: 1 });

  write(chain.replaceAll('version: 1\n', 'version: 2\n').replace('consortium: camellia', 'consortium: clover'));
  const { stderr, stdout } = await ask(['catalogue', 'value-chain.yaml']);
  expect(JSON.parse(stdout)).toMatchObject({ strangers: ['clover'], uses: 6 });
  expect(stderr).toContain('the programme has no consortium clover');
  write('formatVersion: 1\nid: own\nversion: 1\ntitle: { en: Own }\n');
  expect(await program`catalogue value-chain.yaml --alone`).toMatchObject({ components: 0, uses: 0 });
  expect((await program`compute`).catalogue.parts.map(({ id }: { id: string }) => id)).toEqual(['own']);
});

test('the text shows small numbers of hours, an exhausted allotment, and ranges of remaining work', {
  timeout: 600_000,
}, async () => {
  const catalogue = `formatVersion: 1
id: own
version: 2
title: { en: Own }
suppliers: [{ id: far, name: { en: Far }, country: US }]
chips:
  - { id: c, name: { en: C }, supplier: far, uses: [training] }
  - { id: d, name: { en: D }, country: KR, uses: [training] }
  - { id: e, name: { en: E }, country: KR, uses: [training], memory: [ram] }
clusters:
  - { id: one, name: { en: One }, country: KR, chips: [{ id: c, share: 0.75 }, { id: d, share: 0.25, could: 0.5 }] }
  # All of home, but for a memory that nobody knows; and one of home that could take over a tenth.
  - { id: hazy, name: { en: Hazy }, country: KR, chips: [{ id: d }], servers: [box], site: hall, cloud: [ops] }
  - { id: clear, name: { en: Clear }, country: KR, chips: [{ id: e }], servers: [box], site: hall, cloud: [ops] }
sites: [{ id: hall, name: { en: Hall }, country: KR }]
components:
  - { id: ram, layer: memory, name: { en: Ram }, country: KR }
  - { id: box, layer: server, name: { en: Box }, country: KR }
  - { id: ops, layer: cloud, name: { en: Ops }, country: KR }
  - { id: lib, layer: software, name: { en: Lib }, country: KR }
  - { id: model, layer: weights, name: { en: Model }, country: KR }
uses:
  - { id: u, kind: training, name: { en: U }, on: [one] }
  - { id: v, kind: serving, name: { en: V }, on: [{ id: hazy, share: 1 }, { id: clear, could: 0.1 }], software: [lib], weights: [model] }
`;
  writeFileSync(join(folder, 'own.yaml'), catalogue);
  await program`catalogue ${join(folder, 'own.yaml')} --alone`;
  const whole = argv`--consortium azalea --on one --from 2027-01-01 --to 2027-01-31 --hours`;
  await program`allot small ${whole} 0.3`;
  await program`usage small-1 ${whole} 0.1`;
  await program`usage small-2 ${whole} 0.2`;
  expect(await page`compute`).toMatch(/Azalea \(made up\) +one +2027-01-01 +2027-01-31 +0.3 +0 +0.3 +0.3 +0\n/);
  const said = await page`reliance --without US`;
  expect(said).toMatch(/\n {2}U +not known +0% to 25% +0% to 50% /);
  expect(said).toMatch(/\n {2}V +goes on +0% to 100% +10% to 100%\n/);
  // None of their uses is known.
  expect(said).toMatch(/\n {2}mean of Azalea[^\n]* 0% to 100% +0% to 100%\n/);
});

test('a programme without a catalogue, and no programme', async () => {
  const bare = callsOn('q');
  for (const verb of ['compute', 'reliance'])
    expect(await bare.refused`${verb}`).toMatchObject({ code: 'programme-missing' });
  await bare.program`create bare`;
  expect(await bare.program`compute`).toMatchObject({ catalogue: null, accounts: [] });
  expect(await bare.refused`reliance`).toMatchObject({ code: 'no-catalogue', input: 'bare' });
  expect(await bare.refused`allot x --consortium a ${period} --hours 1 --on y`).toMatchObject({
    code: 'consortium-unknown',
  });
});
