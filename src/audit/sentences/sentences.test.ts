// All tables of sentences of audits, and of the statements that they read: Korean is Korean, whole, and carries the values that English carries.

import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Both, Sentence, Sentences } from '../../base/index.ts';

const SOURCES = join(import.meta.dirname, '../..');
const FILES = globSync('{audit,ledger}/**/{sentences/*,sentences}.ts', { cwd: SOURCES })
  .filter((name) => !name.endsWith('.test.ts'))
  .sort();

const WHY: Both = { en: '‹why›', ko: '‹why› 이유가 있습니다.' };
const ENTRIES = [{ entry: 7001, time: '‹t›' }];
const MANY = Array.from({ length: 6 }, (_, i) => ({ entry: 7001 + i, time: `‹t${i}›` }));
const BOOK = { office: '‹office›', size: 7008, head: '‹head›' };
const STEPS = { first: 7001, last: 7002 };
const SPAN = { segment: 7001, first: 7002, last: 7003 };
const BROKEN = { element: 7001, value: '‹v›', limit: '‹l›', size: 7004, segment: { index: 0, from: 7005, to: 7009 } };
const ONE = { ...BROKEN, count: 1, segment: { index: 0, from: 7008, to: 7009 } };
const NORM = { norm: '‹n›', limit: '‹l›', segment: BROKEN.segment };
const STATED = { documents: 7003, bytes: 7004 };
const UPDATE = { beta1: 7001, beta2: 7002, eps: 7003, gradClip: 7004, weightDecay: 7005 };
const SEEN = { kind: 'request', step: null, time: '‹asked›' };
const HEAD = { kind: 'head', step: 7002, time: '‹head›' };
const SEAL = { kind: 'seal', step: null, time: '‹seal›' };
const TALK = { kind: 'conversation', number: 7001, file: '‹file›' };
const PLACE = { id: 7003, text: '‹token›' };
const NAMES = ['‹a›', '‹b›', '‹c›', '‹d›', '‹e›'];
const CODE = { kind: 'code', name: '‹name›', folder: '' };
const DATA_FILE = { kind: 'data', name: '‹name›', folder: '‹folder›' };
const sided = [
  [7001, 'train'],
  [7001, 'validation'],
];
const moments = (first: string) => ['request', 'lodging', 'seal'].map((moment) => [first, moment]);

/** What functions are called with that take more than numbers and names: each list of arguments is a case. */
const CASES: Record<string, unknown[][]> = {
  'STATEMENTS.tooEarly': moments('‹time›'),
  'STATEMENTS.clocksDiffer': moments('‹file›'),
  'TRANSCRIPTS.line': [[7001, WHY]],
  'STRUCTURE.makersNotes': [[WHY]],
  'STRUCTURE.notEvidence': [[WHY]],
  ...Object.fromEntries(
    ['otherFile', 'needlessMarks', 'noMarks', 'otherMarks', 'otherSizes'].map((name) => [`MANIFESTS.${name}`, sided]),
  ),
  'MANIFESTS.tokensVersion': [
    [7001, 1],
    [7001, 2],
  ],
  'POLICY.update': [
    [{ ...UPDATE, momentum: undefined, dpoBeta: undefined }],
    [{ ...UPDATE, momentum: 7006, dpoBeta: 7007 }],
  ],
  'ORIGIN.again': [
    [{ start: false, pairs: undefined, tokenizer: false, documents: undefined }],
    [{ start: true, pairs: 7001, tokenizer: true, documents: { encoded: 7002, all: 7003 } }],
  ],
  'ORIGIN.otherCounts': [[7001, 7002, STATED]],
  'DATA.otherCounts': [[7001, 7002, STATED]],
  'ORIGIN.conversationDiffers': [[TALK], [{ ...TALK, kind: 'pair' }]],
  'ORIGIN.marks': ['learned', 'notLearned', 'otherSide', 'other'].flatMap((wrong) => [
    [TALK, wrong, 0],
    [TALK, wrong, 7002],
  ]),
  'FIGURES.other': [
    [7001, 7002],
    [null, 7002],
    [7001, null],
  ],
  'SOURCES.otherTexts': ['origin', 'counts', 'cuts', 'bytes', 'files', 'slice'].map((of) => [7001, '‹name›', of]),
  'SOURCES.notBuilt': [[WHY]],
  'SOURCES.noCorpus': [[7001, '‹name›', WHY, '‹input›']],
  'SOURCES.conversation': [
    ['conversation', 7001, WHY],
    ['pair', 7001, WHY],
  ],
  'REGISTER.alone': [[BOOK]],
  'REGISTER.fork': [[{ step: 7001, next: '‹next›', time: '‹time›', entry: 7002 }]],
  'REGISTER.whole': [
    [{ request: null, heads: 7001, seal: null }, BOOK],
    [{ request: 7002, heads: 7001, seal: 7003 }, BOOK],
  ],
  'REGISTER.needlessAnswer': [[ENTRIES], [MANY]],
  'REGISTER.laterRequest': [[7007, MANY]],
  'REGISTER.firstRequest': [[MANY]],
  'REGISTER.otherSeal': [[ENTRIES]],
  'REGISTER.answerLacks': [[MANY]],
  'REGISTER.laterSeal': [[7007, MANY]],
  'REGISTER.firstSeal': [[MANY]],
  'REGISTER.gap': [
    [7001, SEEN, HEAD],
    [7001, HEAD, SEAL],
  ],
  'EXCLUSIONS.unsigned': [[WHY]],
  'MOVEMENT.element': [[{ ...BROKEN, count: 7003 }], [ONE]],
  'MOVEMENT.first': [[{ ...BROKEN, count: 7003 }], [ONE]],
  'MOVEMENT.second': [[{ ...BROKEN, count: 7003 }], [ONE]],
  'MOVEMENT.frobenius': [[NORM]],
  'MOVEMENT.spectral': [[NORM]],
  'MOVEMENT.noTensor': [[[7001, 7002]]],
  'ANSWERS.otherToken': [
    [7001, 7002, PLACE, { id: 7004, text: '‹other›' }],
    [7001, 7002, PLACE, null],
  ],
  'ANSWERS.notReplayedFor': [[7001, WHY]],
  'ANSWERS.endsEarly': [[7001, '‹ended›', PLACE]],
  'ANSWERS.otherEnd': [
    [7001, '‹found›', '‹stated›'],
    [7001, null, '‹stated›'],
  ],
  'ANSWERS.otherReason': [
    [7001, '‹given›', '‹stated›'],
    [7001, null, '‹stated›'],
  ],
  'ANSWERS.ends': [[NAMES]],
  'RUN.broken': [['‹input›', WHY]],
  'REQUEST.byServers': [[WHY]],
  'REQUEST.noTemplate': [['‹digest›'], [null]],
  'REQUEST.otherTemplate': [['‹digest›'], [null]],
  'REQUEST.otherChooser': [
    ['client', 'nonce'],
    ['server', 'client'],
  ],
  'EVIDENCE.whole': [[{ steps: 7001, planned: 7002, states: 7003, answers: 7004 }]],
  'LODGED.nothing': [[BOOK]],
  'LODGED.whole': [
    [{ heads: 7001, request: true, seal: true }, BOOK],
    [{ heads: 7001, request: false, seal: false }, BOOK],
  ],
  'OPTIMIZER.element': ['weight', 'moments', 'second moment', 'number of steps'].map((what) => [7001, what]),
  'MOTION.tooFar': [
    [7001, 'weight', 7002, 7003],
    [7001, 'moments', 7002, 7003],
  ],
  'UNGROUPED.again': [[NAMES], [['‹a›']]],
  'UNGROUPED.near': [[NAMES], [['‹a›']]],
  'UNGROUPED.blurred': [[NAMES], [['‹a›']]],
  'UNGROUPED.inside': [[NAMES], [['‹a›']]],
  'UNGROUPED.changed': [[NAMES, [7001, 7002]]],
  'RETRAINING.python': [[WHY, '‹python›']],
  'RETRAINING.differs': [[SPAN, WHY]],
  'RETRAINING.allDiffer': [[SPAN, WHY]],
  'RETRAINING.noneSame': [[7001, WHY]],
  'RETRAINING.differsHere': [[SPAN, WHY]],
  'RETRAINING.someSame': [[7001, 7002, WHY]],
  'OTHER_ENVIRONMENT.other': [[STEPS]],
  'OTHER_ENVIRONMENT.far': [[STEPS, '‹t›', '‹f›']],
  'OTHER_ENVIRONMENT.notTold': [[STEPS, '‹o›']],
  'OTHER_ENVIRONMENT.astray': [[STEPS]],
  'OTHER_ENVIRONMENT.short': [[STEPS]],
  'OTHER_ENVIRONMENT.within': [[7001, 7002, { times: '‹t›', furthest: '‹f›', own: '‹o›' }]],
  'GRADIENT.oneWay': [[{ steps: 7001, cosine: '‹c›', deviations: '‹d›', rounding: '‹r›' }]],
  'MUON.room': [
    [
      { along: '‹l›', beside: '‹m›' },
      { along: '‹a›', beside: '‹b›' },
    ],
  ],
  'GRADIENT.whole': ['unasked', 'measured', 'few'].map((how) => [7001, '‹d›', '‹r›', how]),
  'GRADIENT.figures': [true, false].map((isKnown) => [7001, { loss: '‹l›', gradNorm: '‹g›' }, isKnown]),
  'HAND_OVERS.moved': [[[{ step: 7001, from: '‹from›', to: '‹to›' }]]],
  'STATEMENT.notJson': [['envelope'], ['payload']],
  'STATEMENT.noForm': [['envelope'], ['payload']],
  'STATEMENT.notCanonical': [['envelope'], ['payload']],
  'WORKSPACE.missing': [[CODE], [DATA_FILE]],
  'WORKSPACE.tooLarge': [[CODE]],
  'WORKSPACE.differs': [[DATA_FILE, '‹found›', '‹committed›']],
};
const PLAIN = Array.from({ length: 4 }, (_, i) => 7001 + i);

const isTable = (value: unknown): value is Sentences =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ALL: [name: string, made: Sentence][] = [];
const used = new Set<string>();
for (const file of FILES) {
  for (const [table, value] of Object.entries(await import(join(SOURCES, file)))) {
    if (!isTable(value)) continue;
    for (const [name, sentence] of Object.entries(value)) {
      const key = `${table}.${name}`;
      if (typeof sentence !== 'function') {
        ALL.push([`${file} ${key}`, sentence]);
        continue;
      }
      // Tables of two rooms may have the same name: cases that do not fit a function have no place in the other.
      const cases = CASES[key] ?? [PLAIN];
      used.add(key);
      for (const given of cases) ALL.push([`${file} ${key}`, sentence(...(given as never[]))]);
    }
  }
}

const valuesIn = (text: string): string[] =>
  [...new Set(text.replace(/(\d),(?=\d{3})/g, '$1').match(/‹\w+›|\b700\d\b|700\d/g) ?? [])].sort();

test('there are tables of all rooms, and no case without a sentence', () => {
  expect(FILES.length).toBeGreaterThan(13);
  expect(ALL.length).toBeGreaterThan(400);
  expect(Object.keys(CASES).filter((key) => !used.has(key))).toEqual([]);
});

test('both languages carry the same values', () => {
  for (const [name, { en, ko }] of ALL) expect(valuesIn(ko!), `${name}: ${ko}`).toEqual(valuesIn(en));
});

test('English is English, and needs no value that it does not have', () => {
  for (const [name, { en }] of ALL) {
    expect(en, name).not.toMatch(/\p{Script=Hangul}/u);
    expect(en, name).not.toMatch(/undefined|NaN|\[object/);
  }
});

test('Korean is whole sentences that end as they should, and no English one', () => {
  for (const [name, { ko }] of ALL) {
    expect(ko, name).toMatch(/\p{Script=Hangul}/u);
    expect(ko, name).not.toMatch(/undefined|NaN|\[object/);
    expect(ko, name).not.toMatch(/(?:\b[A-Za-z][a-z’'-]*[ ,]+){4,}[A-Za-z]/);
    expect(ko, `${name}: an ending of 합쇼체`).toMatch(/(니다|십시오)([.:(]|$)/);
    // What stands after the last sentence is a list of values behind a colon, or a bracket.
    expect(ko, `${name}: its end`).toMatch(/(니다|십시오)(\([^)]*\))?\.$|: [^.]*$|\)\.?$/);
    expect(ko, `${name}: two full stops, or none before the next sentence`).not.toMatch(
      /[^.]\.\.(?!\.)|니다 [가-힣]| {2}/,
    );
  }
});

test('no particle hangs on a value: whether it is 이 or 가 would depend on its last sound', () => {
  for (const [name, { ko }] of ALL)
    expect(ko, name).not.toMatch(/(›|700\d)(은|는|이|가|을|를|과|와|으로|로|이나|나)(?=[ ,.])/);
});

test('terms are those of the glossary', () => {
  for (const [name, { ko }] of ALL) expect(ko, name).not.toMatch(/다이제스트|감사|까닭|컴퓨터|버전|이용자/);
});
