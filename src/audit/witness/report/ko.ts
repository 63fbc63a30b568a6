// What may be said of a witnessed run after an audit, in Korean, in the formal style (합쇼체).

import type { WitnessWords } from './en.ts';

export const ko: WitnessWords = {
  verdicts: {
    holds: '성립',
    consistent: '오차 범위 안',
    'not-told': '판단 유보',
    refuted: '불성립',
    incomplete: '판정 불가',
  },
  self: (word) => `${word} (자체 검증)`,
  headline: {
    all: '밝힌 코드로 모든 스텝을 다시 학습했고, 비트까지 같았습니다',
    sampled: (held, segments) =>
      `학습 구간 ${segments}개 가운데 ${held}개를 밝힌 코드로 다시 학습했고, 비트까지 같았습니다`,
    none: '비트까지 재현된 것은 없습니다',
    some: (held, segments) => `학습 구간 ${segments}개 가운데 ${held}개만 비트까지 재현되었습니다`,
    consistent: (reproduced) =>
      `${reproduced}. 구간마다 그 끝이 밝힌 코드로 처음 상태에서 다시 학습한 것과 이 기기에서 잰 반올림 범위 안에서 같습니다`,
    notTold: (reproduced, told, steps) =>
      `${reproduced}. ${steps}개 스텝 가운데 반올림 범위 안에 있다고 할 수 있는 것은 ${told}개입니다. 이것으로 학습이 확인되지는 않습니다`,
    fewPairs: (reproduced, paired, least) =>
      `${reproduced}. 구간은 모두 반올림 범위 안에 있으나, 앞뒤 상태가 기록된 스텝이 ${paired}개뿐입니다. ${least}개는 있어야 합니다`,
    ofWhom: (headline) => `${headline}. 누구의 학습인지는 확인되지 않았습니다`,
    refuted: '주장과 다른 것이 있습니다',
    untrained: '다시 학습한 것은 없으며, 증거만으로 알 수 있는 것을 확인했습니다',
    incomplete: '증거가 모자라 성립 여부를 판정할 수 없습니다',
  },
  limits: {
    noOrigin: '출발점 미확인: 이 가중치가 난수에서 시작했다는 것은 제작자가 밝힌 것이며 확인되지 않았습니다.',
    nearOrigin: '0스텝 가중치는 반올림 오차 안에서만 다시 만들어졌습니다.',
    between: (share) =>
      `앞뒤 상태가 기록된 스텝은 전체의 ${share}입니다. 나머지는 비트까지 다시 학습한 구간만 확인되었습니다.`,
    rounding: (share) =>
      `반올림보다 크지 않은 것은 드러나지 않습니다. 구간마다 텐서 하나를 그 텐서가 움직인 거리의 최대 ${share}까지는 들키지 않고 바꿀 수 있었습니다. 거리는 벡터의 길이로 잽니다.`,
    known: '쌍을 이룬 스텝은 적발 확률을 주지 않습니다. 제작자는 계산하기 전에 어느 스텝인지 압니다.',
    room: (share) => `앞뒤 상태가 기록된 스텝도 기울기의 ${share}까지는 들키지 않고 바꿀 수 있었습니다.`,
    ownDraw: '어느 스텝의 상태를 기록할지 제작자가 스스로 뽑았습니다.',
    ownPairs: (own, all) =>
      `앞뒤 상태가 기록된 스텝 ${all}개 가운데 ${own}개는 접수 기관이 추첨하지 않아 제작자가 고를 수 있었습니다.`,
    notLodged: '믿을 수 있는 시각 없음: 모두 학습이 끝난 뒤에 쓰였을 수 있습니다.',
    ownOffice: '제작자 본인이 접수함: 믿을 수 있는 시각이 없습니다.',
    judged:
      '코드와 데이터는 해시값으로 확인한, 확약된 그대로의 것입니다. 코드가 무엇을 하고 그 밖에 무엇을 읽는지는 판단하지 않았으니 직접 읽어 보시기 바랍니다.',
    unread: '코드와 데이터는 보지 않았습니다.',
    recorder: '기록 프로그램은 제작자가 돌렸으며, 환경은 제작자가 밝힌 대로입니다.',
  },
  joined: {
    all: '밝힌 코드로 모든 스텝을 다시 학습했고, 비트까지 같았습니다.',
    sampled:
      '확인한 부분에는 기록과 어긋나는 것이 없습니다. 학습의 일부를 밝힌 코드로 다시 학습했고, 비트까지 같았습니다.',
    consistent:
      '구간마다 그 끝이 밝힌 코드로 처음 상태에서 다시 학습한 것과 검증자의 컴퓨터에서 잰 반올림 범위 안에서 같습니다. 비트까지 재현된 것은 없습니다.',
    consistentPairs:
      '앞뒤 상태가 기록된 스텝은 검증자의 컴퓨터에서 잰 반올림 오차 안에서 밝힌 코드의 결과와 맞습니다. 비트까지 재현된 것은 없습니다.',
    origin: '0스텝 가중치는 밝힌 코드와 시드에서 비트까지 똑같이 다시 만들어졌습니다.',
    again: '모든 스텝을 다시 학습했고, 구간마다 그 끝이 반올림 범위 안에서 같았습니다.',
    rounding: (own) =>
      `반올림보다 크지 않은 것은 드러나지 않습니다. 반올림은 가중치가 움직인 거리의 최대 ${own}(중앙값)이며 텐서에 따라 더 클 수 있습니다. 구간마다 얼마나 숨길 수 있었는지는 서명된 보고서에 적혀 있지 않습니다.`,
    ofWhom: (headline) => `${headline} 누구의 학습인지는 확인되지 않았습니다.`,
  },

  page: {
    brand: '직지 검증 보고서',
    title: (name) => `${name}: PyTorch 학습 검증`,
    claimLabel: '제작자의 주장, 여기서 묻는 것',
    claim: (name, steps) =>
      `‘${name}’의 가중치는 시드에서 뽑혀 학습 코드의 ${steps === null ? '학습 스텝' : `${steps}개 스텝`}으로만 바뀌었으며, 그 밖의 것은 쓰이지 않았습니까?`,
    verdictLabel: '판정',
    checksHeld: (held, all) => `점검 ${all}개 항목 중 ${held}개 통과`,
    firstFindings: '확인된 내용',
    notShown: '확인되지 않은 것',
    who: {
      heading: '제작자, 제작 시각, 환경',
      made: '학습 시작',
      sealed: '봉인',
      lodged: '접수',
      makerClock: '제작자의 시계 기준이며, 확인된 시각이 아닙니다',
      officeClock: '접수 기관의 시계 기준',
      notLodged: '접수하지 않음',
      maker: '제작자 서명 키',
      makerNote: '제작자가 공표한 지문과 같은지 확인하시기 바랍니다.',
      office: '접수 기관 서명 키',
      officeNote: '접수 기관이 공표한 지문과 같은지 확인하시기 바랍니다.',
      code: '학습 코드(SHA-256)',
      codeNote: '검증자가 가진 사본을 실행했습니다.',
      codeNotRun: '실행하지 않았습니다.',
      parameters: '매개변수',
      steps: '학습 스텝',
      ranks: '랭크',
      unknown: '읽을 수 없음',
      declared: '제작자가 밝힌 환경',
      own: '검증자의 환경',
      ownNone: '다시 학습하지 않음',
      environment: (torch, device, capability, threads) =>
        `PyTorch ${torch}, ${device}, ${capability}, 스레드 ${threads}개`,
    },
    checks: {
      heading: '점검 결과',
      lead: '항목마다 무엇을 물었는지 적었습니다. 근거는 프로그램이 남긴 기록입니다.',
      notRun: '점검하지 않음',
      record: '근거',
      findings: '확인된 내용',
      notes: '참고',
      names: {
        structure: '구조',
        pairs: '상태 쌍',
        optimizer: '최적화 계산',
        motion: '가중치 이동',
        schedule: '학습 일정',
        origin: '출발점',
        replay: '재현',
        segments: '구간',
        gradient: '기울기',
        register: '접수 대장',
      },
      questions: {
        structure: '서명은 진짜이며, 기록과 상태는 서로 맞습니까?',
        pairs: '앞뒤 상태가 모두 기록된 스텝은 어느 것이며, 누가 골랐습니까?',
        optimizer: '쌍마다 뒤 상태가 앞 상태에서 최적화 한 스텝으로 나옵니까?',
        motion: '가중치가 최적화 계산으로 움직일 수 있는 만큼만 움직였습니까?',
        schedule: '학습 코드가 모든 스텝에 기록된 배치와 학습률을 줍니까?',
        origin: '학습 코드가 시드에서 0스텝 가중치를 만듭니까?',
        replay: '기록된 상태에서 다시 학습하면 같은 기록과 같은 상태가 나옵니까?',
        segments: '비트까지 같은 구간이 없을 때, 상태마다 여기서 반올림으로 벗어나는 범위 안에 있습니까?',
        gradient: '쌍마다 기울기가 반올림 오차 안에서 학습 코드의 것입니까?',
        register: '이 학습을 기관에 한 번만 접수했고, 기관이 본 것이 기록과 같습니까?',
      },
    },
    chance: {
      heading: '적발 확률',
      all: '모든 스텝을 다시 학습했고 결과가 같았으므로, 우연에 맡긴 것이 없습니다.',
      none: '적발 확률을 주장하지 않습니다.',
      lead: (segments, candidates, drawn) =>
        `학습 구간은 ${segments}개입니다. 처음과 마지막을 뺀 ${candidates}개 가운데 ${drawn}개를 무작위로 뽑았습니다.`,
      reason: '추첨에 관하여',
      caption: '위조의 크기에 따른 적발 확률',
      columns: { forged: '위조된 구간', chance: '적발 확률' },
    },
    room: {
      heading: '상태 쌍 안에서 위조할 수 있는 여지',
      none: '다시 계산한 기울기가 없습니다.',
      lead: (share, steps) =>
        `앞뒤 상태가 기록된 스텝을 반올림 오차보다 크게 바꾸면 그 스텝만으로 드러납니다. 이 기기에서 반올림 오차는 기울기의 ${share}까지이며, ${steps}개 스텝을 비교했습니다.`,
      blind: (steps) => `그 밖의 ${steps}개 스텝은 반올림 오차가 기울기의 6%를 넘어 아무것도 말해 주지 않습니다.`,
      coherence: (steps, mean, deviations) =>
        `모든 스텝을 한 방향으로 조금씩 바꾸면 차이들의 공통 방향에서 드러납니다. ${steps}개 스텝의 평균 코사인은 ${mean}이며, 공통 방향이 없을 때에서 표준편차의 ${deviations}배만큼 떨어져 있습니다.`,
      noCoherence: '공통 방향을 보기에는 상태 쌍이 너무 적습니다.',
    },
    limits: {
      heading: '이 검증이 증명하지 않는 것',
      lead: '검증은 한 가지 물음에만 답합니다. 다음 사항은 증명하지 않습니다.',
      items: [
        '텍스트가 이름 그대로의 것이며 다른 모델이 쓴 글이 아니라는 점',
        '밝힌 장비에서, 제작자가 말한 때에 학습했다는 점',
        '상태 쌍에 들지도 않고 다시 학습하지도 않은 스텝이 기록과 같다는 점',
        '비공개로 미리 학습해 보고 레시피를 고르지 않았다는 점',
        '나중에 서비스되는 모델이 봉인된 모델과 같다는 점',
      ],
    },
    again:
      '학습 폴더나 증거 묶음, 학습 코드, 데이터가 있으면 누구나 자신의 PyTorch로 같은 구간을 다시 학습해 볼 수 있습니다. 코드가 실행되므로 먼저 읽어 보시기 바랍니다.',
  },
};
