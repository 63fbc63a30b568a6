// Reports to draw in tests: Korea's stage 1 from the record, and a made-up stage with every kind of content.

import { claimsOf } from '../../audits/index.ts';
import { loadExample } from '../../examples/index.ts';
import { parseRuleBook, type RuleBook, type Title } from '../../rules/index.ts';
import type { BlockOfReport, Figure, StageReport } from '../page-types.ts';

export const blocksOf = (book: RuleBook): BlockOfReport[] =>
  book.blocks.map(({ id, title, points, source }) => ({
    path: `blocks.${id}`,
    title,
    points,
    kind: source.kind,
    asked: null,
    parts:
      source.kind === 'parts'
        ? source.parts.map((part) => ({
            path: `blocks.${id}.parts.${part.id}`,
            title: part.title,
            points: part.points,
            kind: part.source.kind,
            asked: null,
          }))
        : [],
  }));

const rulesOf = (book: RuleBook, digest: string): StageReport['ruleBook'] => ({
  name: book.name,
  version: book.version,
  digest,
  points: book.points,
  kept: book.kept,
  veto: book.originality.veto,
  components: book.originality.components,
  decimals: book.rounding?.decimals ?? null,
  published: book.published ?? null,
});

/** Korea's stage 1, as the record's entries have it. */
export function recordReport(): StageReport {
  const { events, facts } = loadExample('korea-2025', '2026-11-01T00:00:00.000Z');
  // biome-ignore lint/suspicious/noExplicitAny: data of many kinds
  const all = (kind: string): any[] => events.filter((event) => event.kind === kind).map(({ data }) => data);
  const [stage] = all('stage-opened');
  const [registered] = all('rule-book-registered');
  const [decision] = all('decision-recorded');
  const book = parseRuleBook(registered.text, { file: 'stage-1.yaml' });
  const names = new Map(all('application-received').map(({ id, name }) => [id, name]));
  const scores = all('score-entered');
  const placeOf = (id: string) =>
    decision.places.find(({ consortium }: { consortium: string }) => consortium === id) as
      | { place: number; derived?: Title }
      | undefined;
  const total = facts.find(({ id }) => id === 'lg-total')!;
  return {
    programme: { id: 'korea-2025', name: all('programme-created')[0].name, mode: 'record' },
    stage: {
      id: stage.id,
      title: stage.title,
      status: 'recorded',
      opened: '2026-01-15T00:00:00.000Z',
      closed: '2026-01-15T00:00:00.000Z',
      appealsUntil: null,
      lacking: [],
    },
    ruleBook: rulesOf(book, registered.digest),
    blocks: blocksOf(book),
    teams: (stage.consortia as string[]).map((id) => {
      const out = decision.out.find((one: { consortium: string }) => one.consortium === id);
      const own = scores.filter(({ consortium }) => consortium === id);
      const derived = placeOf(id)?.derived;
      return {
        id,
        name: names.get(id),
        place: placeOf(id)?.place ?? null,
        ...(derived && { placeDerived: derived }),
        total: {
          value: id === 'lg-ai-research' ? total.value : 'not published',
          interval: null,
          source: id === 'lg-ai-research' ? total.source : null,
        },
        figures: Object.fromEntries(
          own.map(({ part, value, source }): [string, Figure] => [part, { value, interval: null, source }]),
        ),
        places: null,
        keptChance: null,
        outcome: out ? 'out' : 'kept',
        reason: out?.reason ?? null,
        overturned: null,
        lacks: [],
      };
    }),
    decisionSource: decision.source,
    statistics: null,
    notKnown: null,
    warnings: [],
    moves: null,
    appealUpheld: false,
    comparisons: null,
    findings: all('finding-signed').map(({ consortium, statement, ...finding }) => ({
      ...finding,
      team: consortium,
      signed: statement !== undefined,
    })),
    audits: [],
    withheld: [],
    facts,
    appeals: [],
    log: { seq: events.length, link: 'ab'.repeat(32), signatures: [] },
  };
}

const figure = (value: Figure['value'], low?: number, high?: number): Figure => ({
  value,
  interval: low === undefined || high === undefined ? null : [low, high],
  source: null,
});
type Team = StageReport['teams'][number];
const team = (
  id: string,
  ko: string | undefined,
  [language, understanding, experts, users]: number[],
  { place, places, outcome, reason }: Pick<Team, 'place' | 'places' | 'outcome' | 'reason'>,
): Team => ({
  id,
  name: ko === undefined ? { en: `${id} (made up)` } : { en: `${id} (made up)`, ko },
  place,
  overturned: null,
  lacks:
    reason === 'veto' ? [{ en: 'It has no submission with its evidence.', ko: '증거를 갖춘 제출물이 없습니다.' }] : [],
  total: figure(
    language + understanding + experts + users,
    language + understanding + experts + users - 3.2,
    language + understanding + experts + users + 3.2,
  ),
  figures: {
    'blocks.benchmark': figure(language + understanding, language + understanding - 1, language + understanding + 1),
    'blocks.benchmark.parts.language': figure(language),
    'blocks.benchmark.parts.understanding': figure(understanding, understanding - 1, understanding + 1),
    'blocks.experts': figure(experts, experts - 2, experts + 2),
    'blocks.users': figure(users, users - 2.5, users + 2.5),
  },
  places,
  keptChance: places && places[0] + places[1],
  outcome,
  reason,
});

const FINDINGS: StageReport['findings'] = [
  {
    team: 'Bellflower',
    component: 'embeddings',
    verdict: 'frozen-foreign',
    by: 'panel key 3f9a2c1b',
    signed: true,
    text: 'The embeddings are those of another model, and no step changed them.',
    source: null,
  },
  {
    team: 'Azalea',
    component: 'tokenizer',
    verdict: 'own',
    by: 'panel key 3f9a2c1b',
    signed: true,
    text: 'Trained on its own corpus.',
    source: null,
  },
];

const AUDITS: StageReport['audits'] = [
  {
    team: 'Azalea',
    submission: 'azalea-1',
    verdict: 'holds',
    claim: claimsOf(
      { beginning: { kind: 'drawn' }, verdict: 'holds', extent: 'sampled', data: 'texts', share: 0.12, chance: 0.1 },
      0.13,
    ),
    joined: claimsOf(
      { beginning: { kind: 'drawn' }, verdict: 'holds', extent: 'sampled', data: 'maker', share: 0.4, chance: 0.3 },
      0.1,
    ),
  },
  {
    team: 'Camellia',
    submission: 'camellia-1',
    verdict: 'incomplete',
    claim: claimsOf(
      { beginning: { kind: 'drawn' }, verdict: 'incomplete', extent: 'sampled', data: 'maker', share: 0, chance: null },
      null,
    ),
    joined: null,
  },
];

const both = (text: string) => ({ en: text, ko: `${text} (가상)` });
const compared = { submission: 'bellflower-1', consortium: 'Bellflower', problem: null, tokenizer: null };
const azalea = { kind: 'submission', id: 'azalea-1', consortium: 'Azalea' } as const;
const known = { kind: 'reference', id: 'Known model', consortium: null } as const;
const part = (verdict: 'shares' | 'none', word: string, seen: string) => ({
  ...{ verdict, name: both('MLP units'), word: both(word), seen: both(seen) },
});

const COMPARISONS: StageReport['comparisons'] = {
  all: [
    { ...compared, with: azalea, parts: [part('shares', 'shares weights', '196 of 196 in place')], seq: 77 },
    { ...compared, with: known, parts: [part('none', 'no evidence', '1 of 140 in place')], seq: 78 },
    { ...compared, with: known, submission: 'bellflower-2', parts: null, problem: both('not compared yet'), seq: null },
  ],
  proposals: [
    {
      ...{ id: 'c-1-mlp', submission: 'bellflower-1', consortium: 'Bellflower', component: 'mlp', verdict: 'derived' },
      ...{ from: azalea, said: both('mlp of Bellflower shares weights with Azalea.') },
      answer: { kind: 'rejected', by: 'Panel', reason: 'Both used the default seed.' },
    },
  ],
};

/** A made-up stage of four teams. The figures are a test's. */
export function practiceReport(): StageReport {
  const { ruleBooks } = loadExample('practice', '2026-11-01T00:00:00.000Z');
  const book = parseRuleBook(ruleBooks[0].text, { file: 'stage-1.yaml' });
  return {
    programme: {
      id: 'practice',
      name: { en: 'Practice programme (made up)', ko: '연습 프로그램 (가상)' },
      mode: 'practice',
    },
    stage: {
      id: 'stage-1',
      title: book.title,
      status: 'decided',
      opened: '2026-11-02T09:00:00.000Z',
      closed: '2026-11-20T17:30:00.000Z',
      appealsUntil: null,
      lacking: [],
    },
    ruleBook: rulesOf(book, '12'.repeat(32)),
    blocks: blocksOf(book),
    teams: [
      team('Azalea', '진달래 (가상)', [8.1, 22.4, 30.5, 19.2], {
        place: 1,
        places: [0.9312, 0.0688, 0],
        outcome: 'kept',
        reason: null,
      }),
      team('Bellflower', '도라지 (가상)', [7.2, 20.1, 28, 15.5], {
        place: 2,
        places: null,
        outcome: 'out',
        reason: 'veto',
      }),
      team('Camellia', '동백 (가상)', [7, 19.4, 29, 14.2], {
        place: 3,
        places: [0.0076, 0.9623, 0.0301],
        outcome: 'kept',
        reason: null,
      }),
      team('Dandelion', undefined, [3, 9.9, 21.5, 5.1], {
        place: 4,
        places: [0, 0.0302, 0.9698],
        outcome: 'out',
        reason: 'points',
      }),
    ],
    decisionSource: null,
    statistics: { draws: 10_000, level: 0.95, seed: '0123456789abcdef', version: 2 },
    notKnown: null,
    warnings: [],
    appealUpheld: false,
    moves: {
      points: { far: 1.87, kept: 'Camellia', out: 'Dandelion' },
      share: { far: 0.0842, kept: 'Camellia', out: 'Dandelion' },
    },
    findings: FINDINGS,
    comparisons: COMPARISONS,
    audits: AUDITS,
    withheld: ['weights'],
    facts: [],
    appeals: [
      {
        id: 'a1',
        team: 'Bellflower',
        text: 'The embeddings were trained before step 0.',
        outcome: 'rejected',
        answer: 'The audit’s origin check shows otherwise.',
      },
      { id: 'a2', team: 'Dandelion', text: 'One expert’s form is missing.', outcome: null, answer: null },
    ],
    log: {
      seq: 412,
      link: 'cd'.repeat(32),
      signatures: [
        { what: 'rule-book', seq: 25, key: 'ef'.repeat(32), time: '2026-11-01T09:00:00.000Z' },
        { what: 'close', seq: 409, key: 'ef'.repeat(32), time: '2026-11-20T17:30:00.000Z' },
        { what: 'decision', seq: 412, key: 'ef'.repeat(32), time: '2026-11-23T10:00:00.000Z' },
      ],
    },
  };
}
