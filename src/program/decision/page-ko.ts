// The stage's page in Korean (합쇼체). Words only.

import { TERMS } from '../../page-kit/text/index.ts';
import type { Words } from './page-en.ts';

export const ko: Words = {
  brand: '직지 단계 평가 보고서',
  title: (stage, programme) => `${stage}: ${programme}`,
  mode: {
    record: '다른 기관이 공표한 내용을 옮긴 기록입니다. 직지로 측정하거나 결정한 것은 없습니다.',
    practice: '연습용입니다. 모든 팀은 가상이며, 실제 기관을 평가한 것이 아닙니다.',
    real: null,
  },
  status: {
    open: '진행 중: 점수를 받고 있습니다.',
    closed: '마감: 아직 결정하지 않았습니다.',
    decided: '결정됨. 아직 확정되지 않았으며, 이의 신청이 받아들여지면 바뀔 수 있습니다.',
    final: '결정 확정',
    recorded: '공표된 결정',
  },
  console: '콘솔에서 이 단계 보기',
  notKnown: '알 수 없음',
  notPublished: '미공표',
  notRecorded: '출처 기록 없음',
  noDate: '날짜 기록 없음',
  notYet: '아직 없음',

  decision: {
    heading: '진출 팀과 탈락 팀',
    open: '단계가 진행 중이며, 결정된 것이 없습니다.',
    rule: (kept, all) => `규정집에 따라 ${all}개 팀 중 ${kept}개 팀이 진출합니다.`,
    leftOpen: (n) => `규정으로 정해지지 않음: ${n}개 팀`,
    kept: (n) => `진출: ${n}개 팀`,
    out: (n) => `탈락: ${n}개 팀`,
    reason: {
      veto: '독자성 기준 미달(점수와 관계없이 독자성 규정에 따라 탈락)',
      points: '점수',
      withdrawn: '자진 철회',
    },
    vetoPlace: (place) => `점수로는 ${place}위로 진출권이었음`,
  },
  standings: {
    lead: '규정집의 배점에 따른 부문별 점수입니다. 총점은 반올림한 부문 점수의 합입니다.',
    record: '공표된 범위의 부문별 점수입니다.',
    caption: '부문별 점수',
    kept: '진출',
    out: '탈락',
    interval: (level) => `작은 글씨는 표집 오차만 고려할 때 ${level} 확률로 참값이 놓이는 범위입니다.`,
  },
  parts: {
    heading: '점수의 근거',
    lead: '점수마다 근거가 되는 규정의 경로를 밝혔습니다.',
    part: '규정',
    kinds: { ...TERMS.ko.sources, tasks: '모델 평가로 측정', judgements: '사용자 블라인드 비교' },
  },
  chances: {
    heading: TERMS.ko.stage.howSure,
    lead: (draws) =>
      `문항과 전문가, 사용자가 달랐다면 점수도 달라졌을 것입니다. ${draws}회 재추출로 구한 점수 기준 순위별 확률입니다. 색이 짙을수록 확률이 높으며, 숫자가 그 확률입니다.`,
    none: '순위가 얼마나 확실한지는 말할 수 없습니다. 문항별 답과 평가서, 비교 기록이 있어야 하는데 여기에는 없습니다.',
    place: (n) => `${n}위`,
    later: (n) => `${n}위 이하`,
    stays: '점수로 진출',
    vetoNote: '독자성 판정은 점수와 무관합니다. 이 판정을 받은 팀을 빼고 나머지 팀끼리 따진 확률입니다.',
    movesPoints: (far, kept, out) =>
      `배점 ${far}점이 다른 항목으로 옮겨 가면 ${out} 팀이 ${kept} 팀을 따라잡을 수 있으며, 그보다 적게 옮겨서는 불가능합니다.`,
    movesShare: (far, kept, out) =>
      `모든 항목의 배점이 각각 최대 ${far} 달라질 수 있다면 ${out} 팀이 ${kept} 팀을 따라잡을 수 있으며, 그보다 적게 바뀌어서는 불가능합니다.`,
    movesNone: '배점을 어떻게 바꾸어도 탈락 팀은 달라지지 않습니다.',
    seed: '재추출 시드',
  },
  findings: {
    heading: '구성 요소별 독자성',
    lead: {
      signed: '심사단이 서명한 판정입니다.',
      reported: '보도·공표된 대로 옮긴 판정이며, 여기에 서명한 사람은 없습니다.',
      mixed: '심사단의 판정입니다. 서명된 것도 있고, 보도·공표된 대로 옮긴 것도 있습니다.',
    },
    veto: '배제 판정을 받은 팀은 이의 신청이 인용되지 않는 한 탈락합니다.',
    noVeto: '이 규정집에서는 판정만으로 탈락하지 않습니다.',
    none: '판정이 없습니다.',
    caption: '구성 요소별 판정',
    verdicts: {
      own: '자체 개발',
      derived: '파생',
      'frozen-foreign': '타사 것, 고정 사용',
      unknown: '확인 불가',
      'not published': '미공표',
    },
    noFinding: '판정 없음',
  },
  comparisons: {
    heading: '가중치 비교',
    lead: '제출물마다 규정집의 기준 모델, 그리고 먼저 들어온 다른 팀의 제출물과 비교했습니다. 공유된 것은 판정안으로 심사단에 올라갔습니다. 판정안만으로는 아무것도 정해지지 않으며, 발견된 것이 없다고 해서 무관함이 증명된 것도 아닙니다.',
    none: '비교한 것이 없습니다.',
    beside: ', 비교 대상: ',
    answers: {
      open: '판정안, 심사단의 답 없음',
      signed: '판정안, 판정으로 서명됨',
      rejected: '판정안, 기각됨',
    },
  },
  audits: {
    heading: '모델이 만들어진 과정',
    lead: '각 팀의 제출물을 검증한 결과와 그 범위, 그리고 확인되지 않은 채 제작자가 밝힌 것입니다.',
    none: '여기에 보일 검증 결과가 없습니다.',
    joined: '다른 검증자가 서명한 결과를 더하면',
  },
  withheld: {
    scores: (n, all) => `이 단계의 점수 ${all}개 중 ${n}개는 공표되지 않았습니다.`,
    all: '이 단계의 결정에 쓰인 것은 모두 공개되어 있습니다.',
    kinds: {
      scores: '점수: 규정집에 따라 전담기관이 보관',
      forms: '전문가 평가서: 규정집에 따라 전담기관이 보관',
      judgements: '사용자 비교 기록: 규정집에 따라 전담기관이 보관',
      audits: '검증 보고서: 규정집에 따라 전담기관이 보관',
      weights: '모델 가중치: 규정집에 따라 비공개',
    },
  },
  facts: {
    heading: '그 밖에 공표된 내용',
    lead: '특정 팀의 점수가 아닌 수치와 출처입니다.',
    derived: '계산한 값',
  },
  appeals: {
    none: '이의 신청이 없습니다.',
    open: '답변 대기',
    upheld: '인용',
    rejected: '기각',
    answer: '답변',
  },
  log: {
    heading: '기록의 근거',
    lead: '모든 점수와 평가서, 판정, 결정은 하나의 기록부에 남습니다. 항목마다 앞선 모든 항목이 해시값으로 묶여 있어, 몰래 고칠 수 없습니다.',
    entries: '항목 수',
    head: '마지막 항목의 해시값',
    unsigned: '이 기록부에 서명한 기관이 없습니다.',
    what: '서명 대상',
    signed: { 'rule-book': '규정집 등록', close: '단계 마감', decision: '결정' },
  },
  again: '기록부에서 모든 수치를 다시 계산하고, 고쳐진 항목이 있으면 그 첫 항목을 알려 줍니다.',
};
