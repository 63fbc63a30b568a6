// Catalogue files: how they are read, each possible mistake, and the published figures of chips.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { JikjiError } from '../../base/index.ts';
import { Random } from '../../base/testing/mutate.ts';
import { shippedCatalogue } from './catalogue-files.ts';
import { reachedCluster } from './cluster-access.ts';
import { readCatalogue } from './read.ts';

const file = (name: string) =>
  readFileSync(new URL(`../../../programs/${name}/value-chain.yaml`, import.meta.url), 'utf8');
const small = `
formatVersion: 1
id: small
version: 1
title: { en: Small }
home: [XX]
sources: { paper: [{ publisher: A paper, date: 2026-01-02 }] }
suppliers:
  - { id: maker, name: { en: Maker }, country: XX, source: [paper] }
  - { id: other, name: { en: Other }, country: ZZ }
  - { id: nobody, name: { en: Nobody knows } }
chips:
  - { id: chip, name: { en: Chip }, supplier: maker, uses: [training], memory: [ram], figures: { bf16: { value: 10, source: [paper] } } }
sites:
  - { id: hall, name: { en: Hall }, supplier: other, country: XX }
clusters:
  - { id: big, name: { en: Big }, site: hall, chips: [{ id: chip, count: 4 }], servers: [box, { id: crate, could: 0.5 }] }
components:
  - { id: ram, layer: memory, name: { en: Memory }, supplier: other }
  - { id: box, layer: server, name: { en: Box }, supplier: nobody }
  - { id: crate, layer: server, name: { en: Crate } }
  - { id: lib, layer: software, name: { en: Library }, held: true, known: ["npm:lib"], needs: [{ of: software, anyOf: [core] }] }
  - { id: core, layer: software, name: { en: Core } }
uses:
  - { id: run, kind: training, name: { en: Run }, on: [big], software: [lib, [core, lib]], weights: not known }
`;
const RECORDED = 'source: [paper], asOf: 2026-02-03';
/** The same with owners, law, fab and packaging. */
const stated = small
  .replace('country: ZZ }', `country: ZZ, jurisdiction: { countries: [ZZ, QZ], ${RECORDED} } }`)
  .replace('name: { en: Nobody knows } }', `name: { en: Nobody knows }, owner: { supplier: other, ${RECORDED} } }`)
  .replace(
    'other, country: XX }',
    `other, country: XX, owner: { supplier: nobody, verified: false, asOf: 2026-02-04 } }`,
  )
  .replace(
    'memory: [ram]',
    `memory: [ram], fab: { supplier: maker, process: 4N, ${RECORDED} }, packaging: { supplier: other, ${RECORDED} }`,
  );
const read = (text: string) => readCatalogue([{ file: 'small.yaml', text }]);

test('written values are read, missing values are not known', () => {
  const { home, suppliers, components, chips, clusters, uses, known } = read(small);
  const country = (id: string) => components.get(id)?.country;
  expect(home).toEqual(['XX']);
  expect(suppliers.get('nobody')).toMatchObject({ country: null, source: 'not recorded', verified: true });
  // Its own before its supplier's; none where neither is known.
  expect(['chip', 'hall', 'ram', 'box', 'crate'].map(country)).toEqual(['XX', 'XX', 'ZZ', null, null]);
  expect(chips.get('chip')!.figures.bf16).toEqual({
    value: 10,
    about: false,
    verified: true,
    source: [{ publisher: 'A paper', date: '2026-01-02' }],
  });
  expect(clusters.get('big')).toMatchObject({
    site: 'hall',
    chips: [{ chip: 'chip', count: 4 }],
    needs: [
      { of: 'chip', anyOf: [{ component: 'chip', share: 1, could: null }] },
      // The only one in use does all of it; beside it stands a substitute.
      {
        of: 'server',
        anyOf: [
          { component: 'box', share: 1, could: null },
          { component: 'crate', share: 0, could: 0.5 },
        ],
      },
      { of: 'data-center', anyOf: [{ component: 'hall', share: 1, could: null }] },
      { of: 'cloud', anyOf: [] },
    ],
  });
  expect(uses[0]!.needs).toEqual([
    { of: 'compute', anyOf: [{ component: 'big', share: 1, could: null }] },
    { of: 'software', anyOf: [{ component: 'lib', share: 1, could: null }] },
    {
      of: 'software',
      anyOf: [
        { component: 'core', share: null, could: null },
        { component: 'lib', share: null, could: null },
      ],
    },
    { of: 'data', anyOf: [] },
    { of: 'weights', anyOf: [] },
  ]);
  expect(known.get('npm:lib')).toBe('lib');
});

test('owners, law, fab and packaging are read with their source and day; where they are left out, they are not known', () => {
  const paper = { source: [{ publisher: 'A paper', date: '2026-01-02' }], verified: true, asOf: '2026-02-03' };
  const { suppliers, sites, components, chips } = read(stated);
  expect(suppliers.get('other')).toMatchObject({ owner: null, jurisdiction: { countries: ['ZZ', 'QZ'], ...paper } });
  expect(suppliers.get('nobody')).toMatchObject({ owner: { supplier: 'other', ...paper }, jurisdiction: null });
  expect(sites.get('hall')).toMatchObject({
    owner: { supplier: 'nobody', source: 'not recorded', verified: false, asOf: '2026-02-04' },
    jurisdiction: null,
  });
  expect(sites.get('hall')).toBe(components.get('hall'));
  expect(chips.get('chip')).toMatchObject({
    fab: { supplier: 'maker', process: '4N', ...paper },
    packaging: { supplier: 'other', process: null, ...paper },
  });
  const before = read(small);
  for (const { owner, jurisdiction } of [...before.suppliers.values(), ...before.sites.values()])
    expect([owner, jurisdiction]).toEqual([null, null]);
  expect(before.chips.get('chip')).toMatchObject({ fab: null, packaging: null });
});

test('an owner may stand in a later file', () => {
  const first =
    'formatVersion: 1\nid: first\nversion: 1\ntitle: { en: First }\nsuppliers:\n  - { id: one, name: { en: One }, owner: { supplier: other, asOf: 2026-02-03 } }\n';
  const files = [
    { file: 'first.yaml', text: first },
    { file: 'small.yaml', text: small },
  ];
  expect(readCatalogue(files).suppliers.get('one')!.owner!.supplier).toBe('other');
  expect(() => readCatalogue(files.slice(0, 1))).toThrow(
    expect.objectContaining({ code: 'catalogue-unknown', input: 'first.yaml:6' }),
  );
});

test.each([
  ['owner: { supplier: other,', 'owner: { supplier: othr,', 'catalogue-unknown', 'did you mean other?'],
  ['owner: { supplier: nobody,', 'owner: { supplier: nobdy,', 'catalogue-unknown', 'did you mean nobody?'],
  ['fab: { supplier: maker', 'fab: { supplier: makr', 'catalogue-unknown', 'did you mean maker?'],
  ['packaging: { supplier: other', 'packaging: { supplier: othr', 'catalogue-unknown', 'did you mean other?'],
  ['process: 4N, source: [paper]', 'process: 4N, source: [papr]', 'catalogue-unknown', 'did you mean paper?'],
  ['countries: [ZZ, QZ]', 'countries: [Zz]', 'catalogue-range', 'did you mean ZZ?'],
  ['countries: [ZZ, QZ]', 'countries: []', 'catalogue-range', ''],
  ['asOf: 2026-02-04', 'asOf: 2026-02-30', 'catalogue-range', ''],
  ['verified: false, asOf: 2026-02-04', 'verified: false', 'catalogue-missing-key', ''],
  ['process: 4N', 'proces: 4N', 'catalogue-unknown-key', 'process'],
])('%s -> %s', (from, to, code, hint) => {
  expect(stated).toContain(from);
  const line = stated.slice(0, stated.indexOf(from)).split('\n').length;
  const told = { code, input: `small.yaml:${line}`, hint: expect.stringContaining(hint) };
  expect(() => read(stated.replace(from, to))).toThrow(expect.objectContaining(told));
});

test.for<[from: string, to: string, code: string, message: string, hint: string]>([
  ['supplier: maker', 'supplier: makr', 'catalogue-unknown', 'there is no supplier "makr"', 'did you mean maker?'],
  ['site: hall', 'site: hal', 'catalogue-unknown', 'there is no site "hal"', 'did you mean hall?'],
  ['site: hall', 'site: ram', 'catalogue-unknown', '"ram" is a memory, not a site', 'name a site: hall'],
  ['on: [big]', 'on: [chip]', 'catalogue-unknown', '"chip" is a chip, not a cluster', 'name a cluster: big'],
  ['anyOf: [core]', 'anyOf: [nothing]', 'catalogue-unknown', 'there is no software "nothing"', 'there are: lib, core'],
  ['source: [paper]', 'source: [papr]', 'catalogue-unknown', 'there is no source "papr"', 'did you mean paper?'],
  ['id: other', 'id: maker', 'catalogue-twice', 'the supplier "maker" is defined twice', 'remove it'],
  ['id: crate, layer', 'id: chip, layer', 'catalogue-twice', 'the component "chip" is defined twice', 'another name'],
  ['[core, lib]', '[core, core]', 'catalogue-twice', '"core" is listed twice', 'keep one'],
  [
    '[core, lib]',
    '[{ id: core, share: 0.6 }, { id: lib, share: 0.5 }]',
    'catalogue-share',
    'shares add up to 1.1',
    'the sum must be 1',
  ],
  ['could: 0.5', 'share: 0.9, could: 0.5', 'catalogue-share', '"crate" has share 0.9, and could 0.5', 'at least'],
  ['could: 0.5', 'could: 1.5', 'catalogue-range', 'could', ''],
  [
    '{ id: core, layer: software, name: { en: Core } }',
    '{ id: core, layer: software, name: { en: Core }, needs: [{ of: software, anyOf: [lib] }] }',
    'catalogue-ring',
    '"lib" needs itself: lib needs core needs lib',
    'remove one',
  ],
  ['anyOf: [core]', 'anyOf: [lib]', 'catalogue-ring', '"lib" needs itself: lib needs lib', 'remove one'],
  ['country: ZZ', 'country: Zz', 'catalogue-range', 'is not a country of ISO 3166', 'did you mean ZZ?'],
  ['country: ZZ', 'country: UK', 'catalogue-range', '(the text "UK")', 'did you mean United Kingdom (GB)?'],
  ['supplier: other, country: XX', 'supplier: other, country: Korea', 'catalogue-range', 'Korea', 'South Korea (KR)?'],
  ['home: [XX]', 'home: [KOR]', 'catalogue-range', 'home[0]', 'did you mean South Korea (KR)?'],
  ['layer: memory', 'layer: memroy', 'catalogue-range', 'memroy', 'did you mean memory?'],
  ['bf16:', 'bf15:', 'catalogue-unknown-key', 'bf15', 'did you mean chips[0].figures.bf16?'],
  ['bf16:', 'tops:', 'catalogue-unknown-key', 'tops', 'takes bf16, fp8, fp4, memory, bandwidth'],
  ['could: 0.5', 'coud: 0.5', 'catalogue-unknown-key', 'clusters[0].servers[1].coud', 'clusters[0].servers[1].could?'],
  ['id: chip, count', 'id: chip, conut', 'catalogue-unknown-key', 'chips[0].conut', 'clusters[0].chips[0].count?'],
  ['[core, lib]', '[core, { id: lib, shar: 1 }]', 'catalogue-unknown-key', 'shar', 'uses[0].software[1][1].share?'],
  ['anyOf: [core]', 'anyOf: [{ id: core, part: 1 }]', 'catalogue-unknown-key', 'part', 'takes id, share, could'],
  ['anyOf: [core]', 'anyof: [core]', 'catalogue-unknown-key', 'anyof', 'components[3].needs[0].anyOf?'],
  ['memory: [ram]', 'memory: [{ ident: ram }]', 'catalogue-unknown-key', 'chips[0].memory[0].ident', 'takes id, share'],
  ['on: [big]', 'on: [[big]]', 'catalogue-range', 'uses[0].on[0] cannot be a list', 'a section of id, share, could'],
  ['on: [big]', 'on: big', 'catalogue-range', 'uses[0].on cannot be the text "big"', 'it is not known or a list'],
  ['held: true', 'helt: true', 'catalogue-unknown-key', 'helt', 'held'],
  ['kind: training', 'kind: serving, data: [core]', 'catalogue-range', 'serving needs no data', 'remove it'],
])('%s -> %s', ([from, to, code, message, hint]) => {
  // The error of a ring names the line at which the search entered it.
  const line = small.slice(0, small.indexOf(code === 'catalogue-ring' ? 'id: lib' : from)).split('\n').length;
  expect(small).toContain(from);
  let error: unknown;
  try {
    read(small.replace(from, to));
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(JikjiError);
  const told = error as JikjiError;
  expect({ code: told.code, input: told.input }).toEqual({ code, input: `small.yaml:${line}` });
  expect(told.message).toContain(message);
  expect(told.hint).toContain(hint);
});

describe('access to a cluster', () => {
  const key = 'servers: [box,';
  const reached = (text: string) => small.replace(key, `reached: ${text}, ${key}`);
  const whole =
    '{ scheduler: slurm, slurmrestd: "https://big.example:6820", partition: gpu, login: login.big.example, accounts: { a: a-gpu, b: b }, ' +
    'ssh: { host: han@big-login, folder: /runs/of.han, jikji: /opt/jikji/bin/jikji }, egress: { price: 90, currency: USD } }';

  test('is read as written, and not known where it is missing', () => {
    expect(read(reached(whole)).clusters.get('big')!.reached).toEqual({
      scheduler: 'slurm',
      slurmrestd: 'https://big.example:6820',
      partition: 'gpu',
      login: 'login.big.example',
      accounts: new Map([
        ['a', 'a-gpu'],
        ['b', 'b'],
      ]),
      options: {},
      ssh: { host: 'han@big-login', folder: '/runs/of.han', jikji: '/opt/jikji/bin/jikji' },
      egress: { price: 90, currency: 'USD' },
    });
    const options = '{ scheduler: slurm, options: { qos: long, constraint: "[a|b]", exclude: "n[1-3],m" } }';
    expect(reachedCluster(read(reached(options)), 'big').reached.options).toEqual({
      qos: 'long',
      constraint: '[a|b]',
      exclude: 'n[1-3],m',
    });
    const nothing = { slurmrestd: null, partition: null, login: null, accounts: new Map(), ssh: null, egress: null };
    expect(reachedCluster(read(reached('{ scheduler: slurm }')), 'big').reached).toMatchObject(nothing);
    const socket = '{ scheduler: slurm, slurmrestd: "unix:/run/slurmrestd/slurmrestd.socket" }';
    expect(reachedCluster(read(reached(socket)), 'big').reached.slurmrestd).toMatch(/^unix:/);
    expect(() => reachedCluster(read(small), 'big')).toThrow(expect.objectContaining({ code: 'cluster-not-reached' }));
    expect(() => reachedCluster(read(small), 'bgi')).toThrow(
      expect.objectContaining({ code: 'cluster-unknown', hint: 'did you mean big?' }),
    );
    expect(() => reachedCluster(readCatalogue([]), 'big')).toThrow(
      expect.objectContaining({ code: 'cluster-unknown', hint: expect.stringContaining('--catalogue') }),
    );
  });

  test.each([
    ['not known', 'catalogue-type', 'clusters[0].reached must be'],
    ['{}', 'catalogue-missing-key', 'scheduler'],
    ['{ scheduler: pbs }', 'catalogue-range', 'scheduler'],
    ['{ scheduler: slurm, host: x }', 'catalogue-unknown-key', 'host'],
    ['{ scheduler: slurm, partition: "a,b" }', 'catalogue-range', 'the name of one partition'],
    ['{ scheduler: slurm, partition: "--wrap=x" }', 'catalogue-range', 'the name of one partition'],
    ['{ scheduler: slurm, login: "-oProxyCommand=x" }', 'catalogue-range', 'the name of a host'],
    ['{ scheduler: slurm, login: "root@x" }', 'catalogue-range', 'the name of a host'],
    ['{ scheduler: slurm, accounts: { A: a } }', 'catalogue-range', 'A'],
    ['{ scheduler: slurm, accounts: { a: "a;rm" } }', 'catalogue-range', 'the name of an account'],
    ['{ scheduler: slurm, accounts: { a: Han } }', 'catalogue-range', 'the name of an account'],
    ['{ scheduler: slurm, accounts: { a: x, b: x } }', 'catalogue-range', 'twice'],
    ['{ scheduler: slurm, options: { export: "ALL,LD_PRELOAD=/x" } }', 'catalogue-unknown-key', 'export'],
    ['{ scheduler: slurm, options: { container: /x.sif } }', 'catalogue-unknown-key', 'container'],
    ['{ scheduler: slurm, options: { qos: "a --export=X" } }', 'catalogue-range', 'one quality of service'],
    ['{ scheduler: slurm, options: { gres: "gpu:1\\n#SBATCH --export=X" } }', 'catalogue-range', 'resources'],
    ['{ scheduler: slurm, options: { constraint: "$(x)" } }', 'catalogue-range', 'features'],
    ['{ scheduler: slurm, options: { exclude: /etc/passwd } }', 'catalogue-range', 'names of nodes'],
    ['{ scheduler: slurm, options: { mem: 64 } }', 'catalogue-type', 'mem'],
    [
      '{ scheduler: slurm, ssh: { host: "-oProxyCommand=id", folder: /r, jikji: /j } }',
      'catalogue-range',
      'ssh configuration',
    ],
    ['{ scheduler: slurm, ssh: { host: "h;id", folder: /r, jikji: /j } }', 'catalogue-range', 'ssh configuration'],
    [
      '{ scheduler: slurm, ssh: { host: "me:s3cret@h", folder: /r, jikji: /j } }',
      'catalogue-range',
      'ssh configuration',
    ],
    ['{ scheduler: slurm, ssh: { host: "ssh://h", folder: /r, jikji: /j } }', 'catalogue-range', 'ssh configuration'],
    ['{ scheduler: slurm, ssh: { host: "me@-oX", folder: /r, jikji: /j } }', 'catalogue-range', 'ssh configuration'],
    ['{ scheduler: slurm, ssh: { host: h, folder: runs, jikji: /j } }', 'catalogue-range', 'absolute path'],
    ['{ scheduler: slurm, ssh: { host: h, folder: /r/../etc, jikji: /j } }', 'catalogue-range', 'absolute path'],
    ['{ scheduler: slurm, ssh: { host: h, folder: "/r $(id)", jikji: /j } }', 'catalogue-range', 'absolute path'],
    ['{ scheduler: slurm, ssh: { host: h, folder: "/r\\nid", jikji: /j } }', 'catalogue-range', 'absolute path'],
    ['{ scheduler: slurm, ssh: { host: h, folder: /r, jikji: "/j; id" } }', 'catalogue-range', 'absolute path'],
    ['{ scheduler: slurm, ssh: { host: h, folder: /r, jikji: /j, password: x } }', 'catalogue-unknown-key', 'password'],
    ['{ scheduler: slurm, ssh: { host: h } }', 'catalogue-missing-key', 'folder'],
    ['{ scheduler: slurm, egress: { price: -1, currency: USD } }', 'catalogue-range', 'price'],
    ['{ scheduler: slurm, egress: { price: 90, currency: dollars } }', 'catalogue-range', 'three capitals'],
  ])('not as %s', (text, code, message) => {
    expect(() => read(reached(text))).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  test.each([
    'https://me:s3cret@big.example:6820',
    'https://big.example/?token=s3cret',
    'https://big.example/#s3cret',
    'http://s3cret.example:6820',
    'https://$(s3cret):1',
    'https://big.example/s3cret',
    'unix:/run/a s3cret',
    'unix:s3cret',
    `unix:/${'s3cret'.repeat(20)}`,
    's3cret',
    `s3cret${'x'.repeat(300)}`,
  ])('at no address like %s, which is not shown', (address) => {
    const error: unknown = (() => {
      try {
        return read(reached(JSON.stringify({ scheduler: 'slurm', slurmrestd: address })));
      } catch (error) {
        return error;
      }
    })();
    expect(error).toMatchObject({ code: 'catalogue-range', input: expect.stringMatching(/^small\.yaml:\d+$/) });
    expect(JSON.stringify({ ...(error as JikjiError), message: (error as Error).message })).not.toContain('s3cret');
  });
});

test('an unknown remainder is reported as unknown', () => {
  const shares = (text: string) =>
    read(small.replace('[core, lib]', text)).uses[0]!.needs[2]!.anyOf.map(({ share }) => share);
  expect(() => shares('[{ id: core, share: 0.3 }, { id: lib, share: 0.3 }]')).toThrow(
    expect.objectContaining({ code: 'catalogue-share', message: 'shares add up to 0.6' }),
  );
  expect(shares('[{ id: core, share: 0.3 }, lib]')).toEqual([0.3, null]);
  expect(shares('[{ id: core, share: 0.3 }, { id: lib, share: 0.7 }]')).toEqual([0.3, 0.7]);
  // Substitutes alone: what is in use is not known.
  expect(shares('[{ id: core, share: 0 }, { id: lib, could: 0.2 }]')).toEqual([0, 0]);
});

test('two files form one catalogue, and a name in both is an error', () => {
  const second = `formatVersion: 1\nid: second\nversion: 1\ntitle: { en: Second }\nuses:\n  - { id: more, kind: serving, name: { en: More }, on: [big] }\n`;
  const both = readCatalogue([
    { file: 'second.yaml', text: second },
    { file: 'small.yaml', text: small },
  ]);
  expect(both.uses.map(({ id }) => id)).toEqual(['more', 'run']);
  const again = [
    { file: 'a.yaml', text: second },
    { file: 'b.yaml', text: second },
  ];
  expect(() => readCatalogue(again)).toThrow(expect.objectContaining({ code: 'catalogue-twice', input: 'b.yaml:2' }));
});

test('a chain of ten thousand components is read; closed to a ring it is an error', () => {
  const chain = (last: string) =>
    `formatVersion: 1\nid: chain\nversion: 1\ntitle: { en: Chain }\ncomponents:\n${Array.from(
      { length: 10_000 },
      (_, i) =>
        `  - { id: c${i}, layer: software, name: { en: C }, needs: [{ of: software, anyOf: [${i < 9999 ? `c${i + 1}` : last}] }] }\n`,
    ).join('')}  - { id: end, layer: software, name: { en: End } }\n`;
  expect(read(chain('end')).components.size).toBe(10_001);
  expect(() => read(chain('c0'))).toThrow(
    expect.objectContaining({
      code: 'catalogue-ring',
      message: expect.stringContaining('c0 needs c1 needs c2 needs c3 needs ... needs'),
    }),
  );
});

test.each([
  ['of the practice programme', file('practice')],
  ['with owners, law, fab and packaging', stated],
])('a mutated catalogue %s is read or refused with a JikjiError', (_, text) => {
  const random = new Random(7);
  const junk = [
    '\t',
    ':',
    '{',
    '}',
    '[',
    ']',
    '*a',
    '!',
    '"',
    '|',
    '0',
    '-',
    '\u0000',
    '한',
    'null',
    '1e999',
    ', id: x',
  ];
  const times = process.env.JIKJI_TORTURE ? 3000 : 60;
  let refused = 0;
  for (let i = 0; i < times; i++) {
    const at = random.below(text.length);
    const changed = text.slice(0, at) + random.of(junk) + text.slice(at + random.below(4));
    try {
      readCatalogue([{ file: 'x.yaml', text: changed }]);
    } catch (error) {
      if (!(error instanceof JikjiError)) throw error;
      expect(error.code).toMatch(/^catalogue-/);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(times / 3);
});

test('the shipped chips have the published figures; figures that nobody checked are marked', () => {
  const { chips } = readCatalogue(shippedCatalogue());
  const figures = Object.fromEntries(
    [...chips.values()].map(({ id, figures }) => [
      id,
      Object.fromEntries(
        Object.entries(figures).map(([name, { value, verified }]) => [name, verified ? value : `${value}?`]),
      ),
    ]),
  );
  const blackwell = { link: '900?', domain: '8?', network: '400?' };
  const instinct = { ...blackwell, link: '537?' };
  expect(figures).toEqual({
    'nvidia-a100': {
      ...{ bf16: '312?', memory: '80?', bandwidth: '2.039?', power: '400?' },
      ...{ link: '300?', domain: '8?', network: '200?' },
    },
    'nvidia-h100-sxm': {
      bf16: 989,
      fp8: '1979?',
      memory: 80,
      bandwidth: 3.35,
      power: '700?',
      link: 450,
      domain: 8,
      network: '400?',
    },
    'nvidia-h200': {
      bf16: '989?',
      fp8: '1979?',
      memory: 141,
      bandwidth: '4.8?',
      power: 700,
      link: 450,
      domain: 8,
      network: 400,
    },
    'nvidia-b200': {
      bf16: '2250?',
      fp8: '4500?',
      fp4: '9000?',
      memory: 180,
      bandwidth: '8?',
      power: 1000,
      ...{ link: 900, domain: 8, network: 400 },
    },
    'nvidia-b300': {
      bf16: '2250?',
      fp8: '4500?',
      fp4: '13500?',
      memory: '270?',
      bandwidth: '8?',
      power: '1100?',
      ...blackwell,
      network: '800?',
    },
    'nvidia-gb200': {
      bf16: '2500?',
      fp8: '5000?',
      fp4: '10000?',
      memory: '186?',
      bandwidth: '8?',
      power: '1200?',
      ...blackwell,
      domain: '72?',
    },
    'nvidia-gb300': {
      bf16: '2500?',
      fp8: '5000?',
      fp4: '15000?',
      memory: '279?',
      bandwidth: '8?',
      power: '1400?',
      ...blackwell,
      domain: '72?',
      network: '800?',
    },
    'amd-mi350x': {
      bf16: '2300?',
      fp8: '4600?',
      fp4: '9200?',
      memory: 288,
      bandwidth: 8,
      power: 1000,
      ...instinct,
    },
    'amd-mi355x': {
      bf16: '2500?',
      fp8: '5000?',
      fp4: '10000?',
      memory: 288,
      bandwidth: 8,
      power: 1400,
      ...instinct,
    },
    'rebellions-atom': { bf16: 32, memory: 16, bandwidth: '0.256?' },
    'rebellions-rebel100': { bf16: '1000?', fp8: 2000, memory: 144, bandwidth: 4.8, power: '600?' },
    'furiosaai-rngd': { bf16: 256, fp8: 512, memory: '48?', bandwidth: 1.5, power: 180 },
    'amd-processor': {},
    'intel-processor': {},
    'apple-processor': {},
  });
});

test('of the shipped chips, who makes dies, packages and memory is known where a source says it', () => {
  const { chips, suppliers } = readCatalogue(shippedCatalogue());
  const made = [...chips.values()].flatMap(({ id, fab, packaging, needs }) => {
    const memory = needs[0]!.anyOf.map(({ component }) => component).join(' ');
    return fab || packaging || memory ? `${id}: ${fab?.supplier}, ${packaging?.supplier}, ${memory}` : [];
  });
  expect(made).toEqual([
    'nvidia-h100-sxm: tsmc, tsmc, sk-hynix-hbm samsung-memory other-hbm',
    'nvidia-h200: undefined, tsmc, sk-hynix-hbm micron-hbm other-hbm',
    'nvidia-b200: tsmc, tsmc, sk-hynix-hbm other-hbm',
    'nvidia-b300: tsmc, tsmc, ',
    'amd-mi350x: tsmc, tsmc, samsung-memory other-hbm',
    'amd-mi355x: tsmc, tsmc, samsung-memory other-hbm',
    'rebellions-rebel100: samsung, samsung, ',
    'furiosaai-rngd: tsmc, undefined, sk-hynix-hbm',
  ]);
  for (const { fab, packaging } of chips.values())
    for (const step of [fab, packaging]) if (step) expect(step.source).not.toBe('not recorded');
  expect(suppliers.get('tsmc')!.country).toBe('TW');
});

test('both example programmes are valid with it', () => {
  const all = (name: string) => readCatalogue([...shippedCatalogue(), { file: name, text: file(name) }]);
  const practice = all('practice');
  // In full: nothing that is used is unknown.
  for (const { needs, id } of practice.uses) {
    const open = needs.map(({ anyOf }) => anyOf.map(({ component }) => component));
    while (open.length > 0) {
      const options = open.pop()!;
      expect(options.length, id).toBeGreaterThan(0);
      for (const option of options) {
        const component = practice.components.get(option)!;
        expect(component.country, component.id).not.toBeNull();
        open.push(...component.needs.map(({ anyOf }) => anyOf.map((one) => one.component)));
      }
    }
  }
  const korea = all('korea-2025');
  expect(korea.home).toEqual(['KR']);
  expect(korea.components.get('titan')!.needs.find(({ of }) => of === 'server')!.anyOf).toEqual([]);
});
