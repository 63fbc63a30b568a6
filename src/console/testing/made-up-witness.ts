// Made-up answers about a run of another program, for the pages.

import type { Audit, Evidence, RunDetail } from '../types.ts';
import { audit, evidence, runDetail } from './made-up.ts';

export const WITNESSED = 'llama-4b1d';
const DAY = '2026-03-02T03:04:05.678Z';

export const witnessedDetail = (): RunDetail => ({
  ...runDetail(WITNESSED),
  ...{ recipe: null, tokens: null, tokensPerSecond: null, secondsLeft: null, model: false },
  lastRecord: DAY,
});

export const witnessedEvidence = (): Evidence => ({
  ...evidence(true),
  sessions: [],
  witness: {
    environment: {
      ...{ formatVersion: 1, torch: '2.6.0', python: '3.13.5', device: 'cuda', processor: 'a made-up accelerator' },
      ...{ threads: 8, capability: 'AVX2', deterministic: true, flags: {}, ranks: 16, parallel: 'fsdp2' },
    },
    code: { name: 'train.py', sha256: 'c'.repeat(64) },
    pairEvery: 50,
    paired: 21,
    headCount: 19,
    heads: [{ step: 950, time: DAY, office: 'd'.repeat(64) }],
  },
});

const claim = (word: string, headline: string, beginning: string, reach: string, data: string) => ({
  ...{ word, headline, beginning, reach, data },
  room: null,
});

export const witnessedAudit = (): Audit => ({
  ...audit(1),
  run: WITNESSED,
  verdict: 'incomplete',
  witnessed: true,
  standing: null,
  claim: {
    en: claim(
      'Incomplete (evidence alone, origin not shown)',
      'Nothing was trained again; only what the evidence shows by itself was checked.',
      'Origin not shown: that these weights began at random is the maker’s word.',
      'Steps between two recorded states: 2.1% of all. Of the others, only what was trained again to the bit is shown.',
      'The maker ran the program that recorded this; data, environment and code are what he committed to.',
    ),
    ko: claim(
      '판정 불가 (증거만 확인, 출발점 미확인)',
      '다시 학습한 것은 없으며, 증거만으로 알 수 있는 것을 확인했습니다.',
      '출발점 미확인: 이 가중치가 난수에서 시작했다는 것은 제작자가 밝힌 것이며 확인되지 않았습니다.',
      '앞뒤 상태가 기록된 단계는 전체의 2.1%입니다. 나머지는 비트까지 다시 학습한 구간만 확인되었습니다.',
      '기록 프로그램은 제작자가 돌렸으며, 데이터·환경·코드는 제작자가 확약한 내용입니다.',
    ),
  },
  checks: [
    {
      name: 'structure',
      verdict: 'holds',
      detail: '1000 of 1000 steps are recorded, 41 states are whole',
      ko: '전체 1000스텝이 기록되어 있고, 온전한 상태는 41개입니다.',
    },
    {
      name: 'pairs',
      verdict: 'holds',
      detail: '21 of 1,000 steps (2.1%) lie between two recorded states',
      ko: '전체 1,000스텝 가운데 21스텝(2.1%)이 기록된 두 상태 사이에 있습니다.',
    },
    { name: 'optimizer', verdict: 'holds', detail: '21 steps are those of AdamW, element by element' },
    { name: 'replay', verdict: 'incomplete', detail: 'the replay: no training code was given: --code and --python' },
  ],
});
