// The report in Korean, for people who listen to a press conference (합쇼체). Words only.

import type { Words } from './words.ts';

export const ko: Words = {
  lang: 'ko',
  brand: '직지 검증 보고서',
  title: (name) => `${name} 검증 보고서`,
  claimLabel: '검증한 주장',
  claim: (name, steps) =>
    `모델 ‘${name}’의 가중치는 난수에서 출발해 정해진 레시피와 데이터로, 오직 경사 하강 ${steps === null ? '학습' : `${steps}단계`}만을 거쳐 만들어졌으며, 그 밖의 것은 쓰이지 않았습니다.`,
  verdictLabel: '판정',
  verdict: {
    holds: {
      word: '성립',
      headline: '주장이 성립합니다.',
      meaning: '점검한 범위에서 주장과 어긋나는 점은 없었습니다.',
    },
    refuted: {
      word: '불성립',
      headline: '주장이 성립하지 않습니다.',
      meaning: '증거가 주장과 어긋납니다. 어긋난 곳은 아래에 밝혔습니다.',
    },
    incomplete: {
      word: '판정 불가',
      headline: '판정할 수 없습니다.',
      meaning: '검증에 필요한 증거가 일부 없습니다. 빠진 자료는 아래에 밝혔습니다.',
    },
  },
  checksHeld: (held, all) => `점검 ${all}개 항목 중 ${held}개 통과`,
  selfAudit: '자체 검증: 적발 확률을 주장하지 않음',
  notLodged: '미접수: 시각을 보증할 수 없음',
  ownLodging: '제작자 본인이 접수함: 시각을 보증할 수 없음',
  firstFindings: '확인된 내용',

  who: {
    heading: '제작자와 제작 시각',
    maker: '제작자 서명 키',
    makerNote: '제작자가 공표한 지문과 같은지 확인하시기 바랍니다.',
    made: '학습 시작',
    makerClock: '제작자의 시계 기준이며, 확인된 시각이 아닙니다',
    sealed: '봉인',
    lodging: '접수 여부',
    lodgedYes: '첫 단계를 시작하기 전에 접수 기관에 접수했습니다',
    lodgedSays: '접수했다고 기록되어 있으나, 구조 점검을 통과하지 못해 확인할 수 없습니다.',
    lodgedOwn: '접수했으나 접수 기관의 키가 제작자 본인의 키입니다. 시각을 보증하는 다른 기관이 없습니다.',
    lodgedNo: '접수하지 않았습니다. 시각을 보증하는 기관이 없으며, 시드도 제작자가 직접 정했습니다.',
    lodgedAt: '접수',
    officeClock: '접수 기관의 시계 기준',
    office: '접수 기관 서명 키',
    officeNote: '접수 기관이 공표한 지문과 같은지 확인하시기 바랍니다.',
    parameters: '매개변수',
    tokens: '학습한 토큰',
    steps: '학습 단계',
    valBitsPerByte: '검증 데이터 성능(바이트당 비트, 봉인 기록)',
    unknown: '읽을 수 없음',
    zone: '(한국 시각)',
  },

  chain: {
    heading: '증거의 사슬',
    lead: '텍스트에서 모델까지, 각 고리는 해시값으로 바로 앞 고리와 묶여 있습니다. 아래 선은 각 점검이 미치는 범위입니다.',
    svgTitle: '텍스트에서 모델까지 이어지는 사슬과 점검 범위',
    svgDesc: (segments, replayed) =>
      `텍스트, 토크나이저, 초기 상태, 학습 구간 ${segments}개(재현한 구간 ${replayed}개), 봉인, 모델의 순서로 이어집니다. 각 점검은 ‘점검 결과’에서 설명합니다.`,
    text: '텍스트',
    textNote: '말뭉치',
    tokenizer: '토크나이저',
    tokenizerNote: '말뭉치로 학습',
    start: 'S₀',
    startNote: '난수 초기값',
    segments: (count) => `학습 구간 ${count}개`,
    segmentsNote: (per) => `활자 하나가 최대 ${per}개 구간을 나타냅니다`,
    seal: '봉인',
    sealNote: '서명 완료',
    model: '모델',
    modelNote: '내보낸 파일',
    checked: '점검',
    legend: {
      replayed: '재현함: 비트까지 일치',
      differs: '재현함: 불일치',
      unfinished: '재현하지 못함',
      rest: '재현하지 않음',
    },
    digests: '해시값 전체',
    seed: '시드',
    head: '사슬의 마지막 고리',
    stateRoot: '마지막 상태의 루트',
    challenge: '구간을 추첨한 난수',
  },

  curve: {
    heading: '손실 곡선',
    svgTitle: '단계별 학습 손실',
    svgDesc: (steps, first, last, replayed) =>
      `${steps}단계에 걸쳐 손실이 토큰당 ${first}내트에서 ${last}내트로 변했습니다. 재현한 단계는 ${replayed}개입니다.`,
    axisStep: '단계',
    axisLoss: '손실(토큰당 내트)',
    replayed: '재현함: 다시 계산해 비트까지 일치',
    differs: '재현함: 기록과 불일치',
    rest: '재현하지 않음',
    makersWord: '재현하지 않은 단계의 손실은 제작자가 밝힌 값이며, 확인된 값이 아닙니다.',
    none: '그릴 수 있는 기록이 없습니다.',
    left: (count) => `그릴 수 없는 값이 든 기록 ${count}개는 제외했습니다.`,
  },

  checks: {
    heading: '점검 결과',
    lead: '일곱 가지 항목을 점검했습니다. 항목마다 무엇을 물었고 어떤 결과가 나왔는지 적었습니다.',
    words: {
      structure: {
        name: '구조',
        question: '서명은 진짜이며, 기록은 온전합니까?',
        answer: {
          holds: '서명이 모두 유효하고 기록의 사슬에 끊긴 곳이 없으며, 모든 파일이 서명된 해시값과 일치합니다.',
          refuted: '서명이나 기록의 사슬, 또는 파일 가운데 일치하지 않는 것이 있습니다.',
          incomplete: '이 점검에 필요한 파일이 없습니다.',
        },
      },
      schedule: {
        name: '학습 일정',
        question: '모든 단계가 레시피가 정한 학습률과 데이터를 썼습니까?',
        answer: {
          holds: '모든 단계의 학습률과 배치를 새로 계산했으며, 기록과 비트까지 일치했습니다.',
          refuted: '학습률이나 배치가 레시피와 다른 단계가 있습니다.',
          incomplete: '학습률과 배치를 새로 계산하는 데 필요한 자료가 없습니다.',
        },
      },
      origin: {
        name: '출발점',
        question: '밝힌 데이터를 가지고, 난수에서 시작했습니까?',
        answer: {
          holds:
            '시드로 초기 가중치를 다시 뽑고 토크나이저를 다시 학습한 결과가 기록과 같았습니다. 다시 토큰으로 바꾸어 본 문서들도 모두 일치했습니다.',
          refuted: '초기 가중치나 텍스트, 토크나이저가 주장과 다릅니다.',
          incomplete: '필요한 자료가 일부 없어 출발점을 끝까지 다시 만들어 볼 수 없었습니다.',
        },
      },
      data: {
        name: '데이터',
        question: '텍스트가 목록에 적힌 대로이며, 정해진 규칙대로 나뉘었습니까?',
        answer: {
          holds:
            '중복된 텍스트가 없고, 검증용 텍스트는 해시값에 따라 골랐으며, 문서 수와 크기도 텍스트와 일치합니다. 어느 출처를 대조했는지는 아래 근거에 적었으며, 대조하지 않은 출처는 제작자가 밝힌 내용일 뿐입니다.',
          refuted: '텍스트가 중복되었거나, 다르게 나뉘었거나, 잘못 집계되었거나, 밝힌 출처의 것이 아닙니다.',
          incomplete: '텍스트가 일부 없습니다.',
        },
      },
      policy: {
        name: '레시피 기준',
        question: '다른 점검이 의미를 가질 수 있는 레시피입니까?',
        answer: {
          holds: '모든 설정이 다른 점검이 의미를 갖는 범위 안에 있습니다.',
          refuted: '다른 점검을 무의미하게 만드는 설정이 있습니다.',
          incomplete: '레시피를 끝까지 판단할 수 없었습니다.',
        },
      },
      motion: {
        name: '가중치 이동',
        question: '가중치가 학습으로 움직일 수 있는 만큼만 움직였습니까?',
        answer: {
          holds: '모든 구간에서, 최적화 알고리즘으로는 생길 수 없는 변화가 가중치와 모멘트에서 발견되지 않았습니다.',
          refuted: '최적화 알고리즘으로는 생길 수 없는 변화가 가중치나 모멘트에서 발견되었습니다.',
          incomplete: '보관해야 할 상태가 일부 없어 모든 구간을 측정하지는 못했습니다.',
        },
      },
      replay: {
        name: '재현',
        question: '같은 상태에서 다시 학습하면 같은 결과가 나옵니까?',
        answer: {
          holds: '다시 학습한 구간에서 모든 기록과 마지막 상태가 비트 하나까지 같았습니다.',
          refuted: '다시 학습한 결과가 기록과 다른 구간이 있습니다.',
          incomplete: '재현해야 할 구간 가운데 재현하지 못한 것이 있습니다.',
        },
      },
    },
    state: { holds: '통과', refuted: '불일치', incomplete: '자료 부족' },
    notRun: '이 항목은 점검하지 않았습니다.',
    record: '근거(프로그램 기록, 영어)',
    findings: '확인된 내용(프로그램 기록, 영어)',
    notes: '참고(프로그램 기록, 영어)',
    step: '단계',
    tensor: '텐서',
    more: (count) => `외 ${count}건`,
    replayedCaption: '재현한 구간',
    replayedColumns: { segment: '구간', steps: '단계', why: '고른 까닭', result: '결과' },
    why: {
      first: '첫 구간',
      strange: '이웃 구간과 가장 다름',
      random: '무작위 추첨',
      asked: '따로 지정',
    },
    result: { holds: '비트까지 일치', refuted: '불일치', incomplete: '재현 불가' },
  },

  chance: {
    heading: '적발 확률',
    claimed: (segments, candidates, drawn) =>
      `전체 ${segments}개 구간 가운데, 다른 이유로 이미 재현한 구간을 뺀 ${candidates}개에서 난수로 ${drawn}개를 추첨했습니다. 난수가 알려지기 전에 이 ${candidates}개 가운데 일부가 위조되었다면, 추첨한 구간에 위조된 구간이 하나라도 들어 있을 확률은 다음과 같습니다.`,
    self: '자체 검증이므로 적발 확률을 주장하지 않습니다. 재현할 구간을 제작자가 직접 추첨했기 때문에 다른 사람에게는 증명이 되지 않습니다. 독립된 검증자가 새로 추첨해야 합니다.',
    void: '구간을 추첨했으나 그 추첨을 근거로 삼을 수 없습니다. 이유는 아래 기록과 같습니다. 따라서 적발 확률을 주장하지 않습니다.',
    none: '무작위로 추첨한 구간이 없으므로 적발 확률을 주장하지 않습니다.',
    all: '모든 구간을 재현했고 모두 일치했으므로, 확률에 맡긴 부분이 없습니다.',
    reason: '추첨에 관한 기록(영어)',
    caption: '위조 규모에 따른 적발 확률',
    columns: { forged: '위조된 구간', share: '추첨 대상 중 비율', chance: '적발될 확률' },
    only: '무작위 추첨만으로 계산한 값입니다. 첫 구간과 가장 다른 구간의 재현은 여기에 더해집니다.',
  },

  cost: {
    heading: '검증 비용',
    lead: (replayed, steps, share) =>
      `전체 ${steps}단계 가운데 ${replayed}단계를 다시 학습했습니다. 전체 학습량의 ${share}에 해당합니다.`,
    replay: '재현에 걸린 시간',
    total: '전체 검증 시간',
    share: '전체 학습량 대비',
    steps: '재현한 단계',
  },

  limits: {
    heading: '이 검증이 증명하지 않는 것',
    lead: '검증은 한 가지 물음에만 답합니다. 다음 사항은 증명하지 않습니다.',
    items: [
      '데이터가 다른 모델이 쓴 글이 아니며, 다른 모델을 옮겨 담도록 고르거나 배열한 것도 아니라는 점',
      '말뭉치에 벤치마크 문제가 들어 있지 않다는 점',
      '비공개로 미리 학습해 보고 레시피를 고르지 않았다는 점',
      '재현하지 않은 단계의 손실이 사실이라는 점',
      '나중에 서비스되는 모델이 봉인된 모델과 같다는 점',
      '학습에 쓴 장비가 누구의 것인지',
      '모델 구조가 새롭다는 점',
    ],
    time: {
      none: '접수하지 않은 학습이므로 믿을 수 있는 시각이 없습니다. 시작 시점의 확약이 학습이 끝난 뒤에 만들어졌을 수도 있습니다.',
      own: '제작자 본인의 키로 접수한 학습이므로 믿을 수 있는 시각이 없습니다. 시작 시점의 확약이 학습이 끝난 뒤에 만들어졌을 수도 있습니다.',
      office:
        '접수하지 않은 학습에는 믿을 수 있는 시각이 없습니다. 이 학습은 접수되었으며, 그 시각은 위에 적은 접수 기관을 믿을 수 있는 만큼만 믿을 수 있습니다.',
    },
  },

  again: {
    heading: '직접 확인하는 방법',
    text: '학습 폴더나 증거 묶음이 있으면 누구나, 어느 컴퓨터에서나 이 검증을 되풀이할 수 있습니다.',
  },
  colophon:
    '직지(1377)는 오늘날까지 남아 있는 가장 오래된 금속 활자본입니다. 이 페이지는 아무것도 불러오지 않으며, 스크립트를 실행하지 않습니다.',
};
