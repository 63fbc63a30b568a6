// The chain of a programme at a moment of its log: which runs are in it, on which machines, and which uses are the programme's.

import { beforeEach, expect, test } from 'vitest';
import { type CatalogueText, catalogueDigest, type Row, Tables } from '../state/index.ts';
import { OURS, TEXTS } from '../state/testing/catalogue.ts';
import { putPart } from '../state/testing/rows.ts';
import { activeOf, chainAt, usesIn } from './chain.ts';

let tables: Tables;
beforeEach(() => {
  tables = new Tables();
  for (const [id, country] of [
    ['a', 'XX'],
    ['b', 'not recorded'],
  ] as const) {
    putPart(tables, 'organisations', { id: `${id}-org`, name: { en: `${id} org` }, country });
    putPart(tables, 'consortia', { id, name: { en: id }, lead: `${id}-org`, status: 'active' });
  }
});

const register = (texts: readonly CatalogueText[], seq: number): void =>
  tables.put('catalogues', { digest: catalogueDigest(texts), parts: [], texts: [...texts], registeredSeq: seq });
type Verdict = Row<'audits'>['verdict'];
interface Submitted {
  id: string;
  consortium: string;
  verdict?: Verdict;
  seq: number;
  usage?: Partial<Row<'usages'>>;
}
function submit({ id, consortium, verdict = 'holds', seq, usage = {} }: Submitted): void {
  putPart(tables, 'submissions', { id, stage: 's', consortium, status: 'audited' });
  putPart(tables, 'audits', { submission: id, verdict, seq });
  const unstated = { cluster: null, sessions: null, runtime: null, data: null };
  putPart(tables, 'usages', { id, submission: id, consortium, ...unstated, word: 'maker', ...usage, seq });
}
const names = (seen: Parameters<typeof chainAt>[1] = () => true, before?: number) =>
  chainAt(tables, seen, before)!.catalogue.uses.map(({ id }) => id);
const sessions = (...devices: string[]) => ({ count: 1, withoutEnd: 0, devices });

test('audited runs that are not refuted, up to an entry, as far as the viewer sees them', () => {
  expect(chainAt(tables, () => true)).toBeUndefined();
  register(TEXTS, 5);
  expect(chainAt(tables, () => true, 5)).toBeUndefined();
  submit({ id: 'first', consortium: 'a', seq: 10 });
  submit({ id: 'false', consortium: 'a', verdict: 'refuted', seq: 11 });
  submit({ id: 'partial', consortium: 'b', verdict: 'incomplete', seq: 12 });
  putPart(tables, 'submissions', { id: 'waiting', stage: 's', consortium: 'a', status: 'received' });
  expect(names()).toEqual(['serve-a', 'submission-first', 'submission-partial']);
  expect(names(() => true, 12)).toEqual(['serve-a', 'submission-first']);
  expect(names(({ consortium }) => consortium === 'b')).toEqual(['serve-a', 'submission-partial']);
});

test("a run's devices come from its records, its cluster from the submission while the catalogue has it", () => {
  register(TEXTS, 1);
  submit({
    id: 'named',
    consortium: 'a',
    seq: 2,
    usage: { cluster: 'near', sessions: sessions('Far 9000'), data: ['npm:home-texts'] },
  });
  submit({ id: 'silent', consortium: 'b', seq: 3 });
  const compute = (id: string) => {
    const { catalogue } = chainAt(tables, () => true)!;
    const use = catalogue.uses.find((one) => one.id === `submission-${id}`)!;
    const [on] = use.needs.find(({ of }) => of === 'compute')!.anyOf;
    const needs = on && catalogue.components.get(on.component)!.needs;
    return needs?.map(({ of, anyOf }) => [of, anyOf.map(({ component }) => component).join()]);
  };
  expect(compute('named')).toEqual([
    ['chip', 'far-chip'],
    ['server', 'home-server'],
    ['data-center', 'hall'],
    ['cloud', 'home-cloud'],
  ]);
  expect(compute('silent')).toBeUndefined();
  const { catalogue } = chainAt(tables, () => true)!;
  const weights = (id: string) => {
    const { needs } = catalogue.uses.find((use) => use.id === `submission-${id}`)!;
    const [option] = needs.find(({ of }) => of === 'weights')!.anyOf;
    const { country, supplier } = catalogue.components.get(option!.component)!;
    return [catalogue.suppliers.get(supplier!)!.name.en, country];
  };
  expect([weights('named'), weights('silent')]).toEqual([
    ['a org', 'XX'],
    ['b org', null],
  ]);
  // A catalogue without that cluster: what stands around the chip is not known any more.
  const without = OURS.replace('id: near', 'id: nearer').replace('[near,', '[nearer,');
  register([TEXTS[0]!, { file: 'ours.yaml', text: without }], 4);
  expect(compute('named')).toEqual([['chip', 'far-chip']]);
});

test('a use of the catalogue keeps its name', () => {
  register([TEXTS[0]!, { file: 'ours.yaml', text: OURS.replace('serve-a', 'submission-x') }], 1);
  submit({ id: 'x', consortium: 'a', seq: 2 });
  expect(names()).toEqual(['submission-x', 'submission-x-2']);
});

test("the programme's uses are those of active consortia and those without a consortium", () => {
  const more = ['b', 'stranger'].map(
    (name) => `  - { id: serve-${name}, kind: serving, name: { en: S }, consortium: ${name} }\n`,
  );
  const nobody = '  - { id: serve-nobody, kind: serving, name: { en: S } }\n';
  register([TEXTS[0]!, { file: 'ours.yaml', text: `${OURS}${more.join('')}${nobody}` }], 1);
  submit({ id: 'x', consortium: 'b', seq: 2 });
  const { catalogue } = chainAt(tables, () => true)!;
  expect(usesIn(tables, catalogue)).toEqual(['serve-a', 'serve-b', 'serve-stranger', 'serve-nobody', 'submission-x']);
  tables.update('consortia', 'b', { status: 'out: veto' });
  expect(activeOf(tables)).toEqual(['a']);
  expect(usesIn(tables, catalogue)).toEqual(['serve-a', 'serve-stranger', 'serve-nobody']);
  expect(usesIn(tables, catalogue, 'b')).toEqual(['serve-b', 'submission-x']);
});
