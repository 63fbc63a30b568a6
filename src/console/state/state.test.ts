// Events in a stream, lines of errors, Markdown as text, lanes, the summary of an entry, languages.

import { expect, test } from 'vitest';
import { formatFor } from '../../page-kit/index.ts';
import { kindText, summarizeEntry } from './entry-summary.ts';
import { type StreamEvent, takeEvents } from './event-stream.ts';
import { lanesOf } from './lanes.ts';
import { lineOf } from './line-of.ts';
import { blocksOf, spansOf } from './markdown.ts';
import { knownOf } from './record.ts';
import { langOf } from './settings.ts';

const NO_DATES = { opens: null, closes: null, appealsUntil: null };

test('events are the same wherever a stream is split', () => {
  const text =
    'retry: 1000\n\n: beat\n\nevent: piece\ndata: {"a":\ndata: 1}\n\ndata:한글\r\n\r\nevent: done\nid: 4\ndata: {}\n\n';
  const whole: StreamEvent[] = [
    { event: 'piece', data: '{"a":\n1}' },
    { event: 'message', data: '한글' },
    { event: 'done', data: '{}' },
  ];
  expect(takeEvents(text)).toEqual({ events: whole, rest: '' });
  for (let at = 0; at <= text.length; at++) {
    // A line break that is split over two pieces is one break.
    const first = takeEvents(text.slice(0, at));
    const second = takeEvents(first.rest + text.slice(at));
    expect([...first.events, ...second.events], `cut at ${at}`).toEqual(whole);
  }
});

test('the line number in an error', () => {
  expect(lineOf({ input: 'rule book:12', message: '' })).toBe(12);
  expect(lineOf({ input: 'rule book:12:5', message: '' })).toBe(12);
  expect(lineOf({ input: 'rule book, line 7: blocks', message: '' })).toBe(7);
  expect(lineOf({ input: 'blocks.a', message: 'is not known, at line 3' })).toBe(3);
  expect(lineOf({ input: 'blocks', message: 'must be 100' })).toBeUndefined();
});

test('a card becomes blocks of text, and markup in it stays text', () => {
  expect(
    blocksOf(
      '---\nlicense: x\n---\n# Name\n\none\ntwo\n\n- a\n  more\n- <img src=x>\n\n```sh\n# no heading\n```\n| a | b |\n|---|---|\n| 1 | 2 |\n',
    ),
  ).toEqual([
    { kind: 'heading', level: 1, text: 'Name' },
    { kind: 'paragraph', text: 'one two' },
    { kind: 'list', items: ['a more', '<img src=x>'] },
    { kind: 'code', text: '# no heading' },
    { kind: 'table', head: ['a', 'b'], rows: [['1', '2']] },
  ]);
  expect(blocksOf('```\nnever closed')).toEqual([{ kind: 'code', text: 'never closed' }]);
  expect(spansOf('a **b** `c` *d')).toEqual([
    { kind: 'text', text: 'a ' },
    { kind: 'strong', text: 'b' },
    { kind: 'text', text: ' ' },
    { kind: 'code', text: 'c' },
    { kind: 'text', text: ' *d' },
  ]);
});

const consortium = (id: string, status: string) => ({
  id,
  name: { en: id },
  lead: { id, name: { en: id } },
  members: 1,
  othersUnknown: false,
  roles: [],
  status,
});

test('lanes: kept, competing, out, absent', () => {
  const stage = (
    id: string,
    status: 'open' | 'closed' | 'decided' | 'final',
    consortia: string[],
    outcomes: Record<string, 'kept' | 'out'>,
  ) => ({
    id,
    title: { en: id },
    status,
    consortia,
    outcomes,
    opened: '',
    closed: null,
    dates: NO_DATES,
  });
  const consortia = [
    consortium('a', 'active'),
    consortium('b', 'out: points'),
    consortium('c', 'out: veto'),
    consortium('d', 'active'),
  ];
  const stages = [
    stage('1', 'final', ['a', 'b', 'c'], { a: 'kept', b: 'kept', c: 'out' }),
    stage('2', 'final', ['a', 'b'], { a: 'kept', b: 'out' }),
    stage('3', 'open', ['a', 'd'], {}),
  ];
  expect(lanesOf({ consortia, stages }).map(({ stops }) => stops)).toEqual([
    ['kept', 'kept', 'competing'],
    ['kept', 'out', 'absent'],
    ['out', 'absent', 'absent'],
    ['absent', 'absent', 'competing'],
  ]);
});

test('lanes: a team is out in the deciding stage before the decision is final; an undecided team stays', () => {
  const stage = (status: 'decided' | 'final') => ({
    id: '1',
    title: { en: '1' },
    status,
    consortia: ['a', 'b', 'c'],
    outcomes: { a: 'kept', b: 'out' } as const,
    opened: '',
    closed: null,
    dates: NO_DATES,
  });
  const consortia = ['a', 'b', 'c'].map((id) => consortium(id, 'active'));
  const stops = (status: 'decided' | 'final') =>
    lanesOf({ consortia, stages: [stage(status)] }).map((lane) => lane.stops[0]);
  expect(stops('decided')).toEqual(['kept', 'out', 'competing']);
  expect(stops('final')).toEqual(['kept', 'out', 'kept']);
});

test('the summary of an entry', () => {
  const about = (data: Parameters<typeof summarizeEntry>[0]['data']) =>
    summarizeEntry({ data, claim: null, names: {} }, formatFor('ko'));
  expect(about(null)).toBe('');
  expect(about({ id: 'azalea', name: { en: 'Azalea', ko: '진달래' }, lead: 'x' })).toBe('진달래');
  expect(about({ stage: 's', consortium: 'c', part: 'p', value: 3.5, verdict: 'holds' })).toBe('s · c · p · holds');
  const names = { consortium: { en: 'Camellia', ko: '동백' } };
  expect(summarizeEntry({ data: { stage: 's', consortium: 'c' }, claim: null, names }, formatFor('ko'))).toBe(
    's · 동백',
  );
  expect(about({ id: 'only', name: 7, title: { en: 4 } })).toBe('only');
  expect(about(['a'])).toBe('');
  // The verdict of an audit comes with its reach, as the API has it.
  const claim = { en: 'Holds (sampled). And more.', ko: '성립 (표본). 그리고.' };
  const data = { submission: 'azalea-1', verdict: 'holds' };
  const finding = {
    data: { component: 'encoder', verdict: 'frozen-foreign', by: 'the programme', ko: { by: '사업 측' } },
    ...{ claim: null, names: {} },
  };
  const said = {
    component: { encoder: '인코더' },
    verdict: { 'frozen-foreign': '타사 동결', 'not published': '비공개' },
  };
  expect(summarizeEntry(finding, formatFor('ko'), said)).toBe('인코더 · 사업 측 · 타사 동결');
  expect(summarizeEntry(finding, formatFor('en'))).toBe('encoder · the programme · frozen-foreign');
  const withheld = { data: { part: 'blocks.users', value: 'not published' }, claim: null, names: {} };
  expect(summarizeEntry(withheld, formatFor('ko'), said)).toBe('blocks.users · 비공개');
  expect(summarizeEntry({ data, claim, names: {} }, formatFor('en'))).toBe('azalea-1 · Holds (sampled). And more.');
  expect(summarizeEntry({ data, claim, names: {} }, formatFor('ko'))).toBe('azalea-1 · 성립 (표본). 그리고.');
});

test('a finding is called signed only where it has a signature', () => {
  const words = {
    kinds: { 'finding-signed': 'Signed', 'stage-closed': 'Closed' },
    log: { findingReported: 'Reported' },
  };
  const said = (kind: string, data: Parameters<typeof kindText>[0]['data']) => kindText({ kind, data }, words);
  expect(said('finding-signed', { by: 'the programme, as reported' })).toBe('Reported');
  // `statement` is the member that the office's act writes: src/program/office/office.test.ts.
  expect(said('finding-signed', { by: 'kim', statement: '{}' })).toBe('Signed');
  // What is withheld is a finding of a programme in which they are signed.
  expect(said('finding-signed', null)).toBe('Signed');
  expect(said('stage-closed', { stage: 's' })).toBe('Closed');
  expect(said('new-kind', {})).toBe('new-kind');
});

test('of a time of a record the day is known, where it is kept as midnight', () => {
  expect(knownOf('2026-01-15T00:00:00.000Z')).toBe('2026-01-15');
  for (const time of ['2026-01-15T00:00:00.001Z', '2026-11-30T20:15:00.000Z', '2026-01-15', ''])
    expect(knownOf(time)).toBe(time);
});

test('the language of a viewer', () => {
  expect(langOf(null, ['fr-FR', 'ko-KR', 'en'])).toBe('ko');
  expect(langOf(null, ['fr'])).toBe('en');
  expect(langOf('en', ['ko'])).toBe('en');
  expect(langOf('xx', ['ko'])).toBe('ko');
});
