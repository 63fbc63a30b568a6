// Chains of runs for both verifiers: a run, its parent and the parent's parent, each audited; and makers who planted something in one of them,
// or auditors who bring another one.

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Book } from '../../src/audit/testing/book.ts';
import { changeTensor, redoEvidence } from '../../src/audit/testing/run.ts';
import { type Commitment, readStatement, sha256Hex, signStatement } from '../../src/ledger/index.ts';
import { type Both, type CaseOptions, type Expected, each, HOLDS, ours } from './both.ts';
import { type Case, cases, Desk, type Judged, judgeCases, type Scene, TRAIN } from './desk.ts';

/** A parent of which a challenge leaves something out. */
const LONG = { ...TRAIN, steps: 24 };
const SHORT = { ...TRAIN, steps: 4, validationTokens: 30 };
const SAMPLED = { replay: undefined };
const BY_PARENT: Expected = { verdict: 'refuted', check: 'parent' };

const from = (run: string) => ({ from: { run: basename(run) } });
const made = (desk: Desk, changes: object) => desk.bench.make(desk.signer, { train: TRAIN, ...changes });

/** Three links, by these numbers from the start: what is drawn, its child, and the child's child. */
async function family(desk: Desk): Promise<[string, string, string]> {
  const parent = await made(desk, {});
  const child = await made(desk, { name: 'child', seed: 5, ...from(parent), train: LONG });
  return [
    parent,
    child,
    await made(desk, { name: 'grandchild', ...from(child), train: { ...SHORT, optimizer: 'muon' } }),
  ];
}

const families = new WeakMap<Desk, ReturnType<typeof family>>();
function familyOf(desk: Desk): ReturnType<typeof family> {
  const known = families.get(desk) ?? family(desk);
  families.set(desk, known);
  return known;
}

/** A run of many segments, with another moment in one of them, and a child of it. */
async function planted(desk: Desk, step = 20) {
  const parent = desk.bench.copy(await made(desk, { name: 'long', seed: 11, train: { ...LONG, steps: 40 } }));
  changeTensor(parent, step, 'adamw.exp_avg_sq.model.norm.weight', (values) => {
    values[0]! *= 1.000001;
  });
  redoEvidence(parent, desk.signer);
  return { parent, child: await made(desk, { name: 'built', ...from(parent), train: SHORT }) };
}

/** A parent with something planted in it, and a challenge by which that is not trained again. */
async function unlucky(desk: Desk): Promise<Judged> {
  for (const step of [20, 12, 28]) {
    const { parent, child } = await planted(desk, step);
    for (let i = 10; i < 20; i++) {
      const given = { ...SAMPLED, parents: [parent], challenge: String(i).repeat(32) };
      if ((await ours(child, given)).verdict === 'holds') return { run: child, given };
    }
  }
  throw new Error('each challenge finds what was planted');
}

/** A second run of the same shape. */
const another = (desk: Desk) => made(desk, { seed: 2 });

const CASES: Case[] = [
  ...cases(HOLDS, {
    'parents: honest, all of the run and of its parent': async (desk) => {
      const [parent, child] = await familyOf(desk);
      return { run: child, given: { parents: [parent] } };
    },
    'parents: honest, a part of three links': async (desk) => {
      const [parent, child, grandchild] = await familyOf(desk);
      return { run: grandchild, given: { ...SAMPLED, parents: [parent, child] } };
    },
    'parents: honest, a segment of the run, and a part of its parent': async (desk) => {
      const [, child, grandchild] = await familyOf(desk);
      return { run: grandchild, given: { segments: { from: 1, to: 2 }, parents: [child] } };
    },
    'parents: nothing drawn, and only what is certain trained again': async (desk) => {
      const [parent, child] = await familyOf(desk);
      return { run: child, given: { replay: 0, parents: [parent] } };
    },
    'parents: one of those keys made the parent': async (desk) => {
      const [parent, child] = await familyOf(desk);
      const parentMakers = [desk.office.fingerprint, desk.signer.fingerprint];
      return { run: child, given: { ...SAMPLED, parents: [parent], parentMakers, maker: desk.signer.fingerprint } };
    },
    'parents: a planted segment that no draw found': unlucky,
    'parents: a parent that does not hold, without it': async (desk) => ({
      run: (await planted(desk)).child,
      given: {},
    }),
    'parents: a register that lists the parent': (desk) => lodgedParent(desk, desk.book()),
    'parents: the office of the parent is the maker of the run': (desk) => lodgedParent(desk, new Book(desk.signer)),
    'parents: the office of the run is the maker of its parent, who is not brought': async (desk) => {
      const parent = await desk.bench.make(desk.office, { train: TRAIN });
      const book = desk.book();
      const run = await lodgedOf(desk, book, parent);
      const { nonce } = readStatement(join(run, 'seal-lodging.json'), 'lodging').predicate;
      return { run, given: { ...SAMPLED, register: book.given, challenge: nonce } };
    },
    'parents: a register that does not list the parent': async (desk) => {
      const { given } = await lodgedParent(desk, desk.book());
      const elsewhere = new Book(desk.bench.strangersKey('another-office'));
      const child = await lodgedOf(desk, elsewhere, given.parents![0]!);
      return { run: child, given: { ...given, register: elsewhere.given } };
    },
    "parents: the nonce that the office drew for the run's seal as the challenge": async (desk) => {
      const { run, given } = await lodgedParent(desk, desk.book());
      const { nonce } = readStatement(join(run, 'seal-lodging.json'), 'lodging').predicate;
      return { run, given: { ...given, challenge: nonce } };
    },
    "parents: the nonce that the office drew for the parent's seal as the challenge, without a register": async (
      desk,
    ) => {
      const { run, given } = await lodgedParent(desk, desk.book());
      const { nonce } = readStatement(join(given.parents![0]!, 'seal-lodging.json'), 'lodging').predicate;
      return { run, given: { ...given, challenge: nonce, register: undefined } };
    },
  }),
  ...cases(BY_PARENT, {
    'parents: none of those keys made the parent': async (desk) => {
      const [parent, child] = await familyOf(desk);
      return { run: child, given: { ...SAMPLED, parents: [parent], parentMakers: [desk.office.fingerprint] } };
    },
    'parents: a planted segment that was trained again': async (desk) => {
      const { parent, child } = await planted(desk);
      return { run: child, given: { parents: [parent] } };
    },
    "parents: another genesis beside the parent's seal": async (desk) => {
      const [parent, child, grandchild] = await familyOf(desk);
      const copy = desk.bench.copy(child);
      cpSync(join(await another(desk), 'genesis.json'), join(copy, 'genesis.json'));
      return { run: grandchild, given: { ...SAMPLED, parents: [copy, parent] } };
    },
  }),
  ...cases(
    { verdict: 'incomplete', check: 'parent' },
    {
      'parents: a state of the parent that is gone': async (desk) => {
        const [parent, child] = await familyOf(desk);
        const copy = desk.bench.copy(parent);
        rmSync(join(copy, 'checkpoints/step-000004'), { recursive: true });
        return { run: child, given: { parents: [copy] } };
      },
      'parents: a parent that the register of its office does not list, beside the run that it lists': async (desk) => {
        const { given } = await lodgedParent(desk, desk.book());
        const second = desk.book();
        const run = await lodgedOf(desk, second, given.parents![0]!);
        return { run, given: { ...given, register: second.given } };
      },
      'parents: a parent whose request was asked twice': (desk) => lodgedParent(desk, desk.book(), 1),
    },
  ),
  {
    name: 'parents: a seal and a genesis of the parent by two keys',
    expected: { verdict: 'refuted', check: 'structure' },
    make: async (desk) => {
      const [parent, child] = await familyOf(desk);
      const [copy, again] = [desk.bench.copy(child), desk.bench.copy(parent)];
      redoEvidence(again, desk.office, {});
      const genesis = readFileSync(join(again, 'genesis.json'), 'utf8');
      writeFileSync(join(copy, 'start/genesis.json'), genesis);
      const { predicate, subjects, sizes } = readStatement(join(parent, 'seal.json'), 'seal');
      const named = [...subjects].map(([name, sha256]) => [name, sha256, sizes.get(name)] as const);
      const text = signStatement('seal', named, { ...predicate, genesis: sha256Hex(genesis) }, desk.signer);
      writeFileSync(join(copy, 'start/seal.json'), text);
      const { parent: before } = readStatement(join(child, 'genesis.json'), 'genesis').predicate.commitment as {
        parent: object;
      };
      const changed = { parent: { ...before, seal: sha256Hex(text) } } as Partial<Commitment>;
      redoEvidence(copy, desk.signer, { commitment: changed });
      return { run: copy, given: SAMPLED };
    },
  },
  {
    name: 'parents: a run that the register of its office does not list, beside its parent that it lists',
    expected: { verdict: 'incomplete', check: 'register' },
    make: async (desk) => {
      const { given } = await lodgedParent(desk, desk.book());
      return { run: await lodgedOf(desk, desk.book(), given.parents![0]!), given };
    },
  },
  {
    name: 'parents: a run that another office answered, beside its parent that the register lists',
    expected: { verdict: 'incomplete', check: 'structure' },
    make: async (desk) => {
      const { given } = await lodgedParent(desk, desk.book());
      const elsewhere = new Book(desk.bench.strangersKey('another-office'));
      return { run: await lodgedOf(desk, elsewhere, given.parents![0]!), given };
    },
  },
];

/** A child whose request and seal this office answers. */
const lodgedOf = (desk: Desk, book: Book, parent: string) =>
  desk.make(book, { name: 'child', seed: 5, ...from(parent), train: LONG });

/** A run and its parent, both lodged with one office; the parent's request is asked `again` times more. */
async function lodgedParent(desk: Desk, book: Book, again = 0) {
  const parent = await desk.make(book, { again, train: LONG });
  const run = await lodgedOf(desk, book, parent);
  return { run, given: { ...SAMPLED, parents: [parent], register: book.given } satisfies CaseOptions };
}

/** Paths on which the run was not built: a fault of the call. */
const UNRELATED: [name: string, of: (desk: Desk) => Promise<[run: string, ...parents: string[]]>][] = [
  [
    'parents: another run',
    async (desk) => {
      const [, child] = await familyOf(desk);
      return [child, await another(desk)];
    },
  ],
  [
    'parents: the first of three links without the second',
    async (desk) => {
      const [parent, , grandchild] = await familyOf(desk);
      return [grandchild, parent];
    },
  ],
  [
    'parents: three links and another run',
    async (desk) => {
      const [parent, child, grandchild] = await familyOf(desk);
      return [grandchild, parent, await another(desk), child];
    },
  ],
  [
    'parents: the child of a run whose weights were drawn',
    async (desk) => {
      const [parent, child] = await familyOf(desk);
      return [parent, child];
    },
  ],
  [
    'parents: a folder that is no run',
    async (desk) => {
      const [, child] = await familyOf(desk);
      return [child, join(desk.bench.folder, 'texts')];
    },
  ],
];

export async function judgeParents(both: Both, scene: Scene): Promise<void> {
  const desk = new Desk(scene);
  await judgeCases(both, CASES, desk);
  await each(
    UNRELATED.filter(([name]) => scene.wanted(name)),
    async ([name, of]) => {
      const [run, ...parents] = await of(desk);
      await both.refused(name, run, 'usage', { parents });
    },
  );
}
