// The words of the report in Korean, in the formal style of a press conference (합쇼체).

import { raised } from './chance.ts';
import type { Words } from './en.ts';

export const ko: Words = {
  brand: '직지 가중치 계보 보고서',
  title: (name) => `${name} 가중치 계보 보고서`,
  questionLabel: '여기서 묻는 것',
  question: (name, references) => `모델 ‘${name}’의 가중치는 ${references}의 가중치와 출처가 같습니까?`,
  quoted: (name) => `‘${name}’`,
  referenceCount: (count) => `기준 모델 ${count}개`,
  verdictLabel: '판정',
  against: (name) => `‘${name}’ 모델과 비교`,
  headline: {
    identical: '동일함',
    shares: '가중치 공유',
    trace: '흔적 있음',
    none: '증거 없음',
    untestable: '검사 불가',
  },
  meaning: {
    identical: '검사한 모든 부분에서, 살펴본 값이 전부 같거나 반올림 차이만 있습니다.',
    shares: (count, all, parts) =>
      `검사한 ${all}개 부분 가운데 ${count}개에서 가중치 또는 그 초기값의 출처가 같습니다: ${parts}.`,
    trace: '우연으로 설명하기 어려운 일치가 있으나, 판정을 내리기에는 약하거나 충분히 드물지 않습니다.',
    none: '서로 무관한 모델에서도 나타나는 것 외에는 발견되지 않았습니다. 무관하다는 증명은 아닙니다.',
    untestable: '두 모델에서 검사할 수 있는 부분이 없었습니다.',
  },
  sameFiles: '두 모델의 가중치 파일은 해시값이 같습니다. 바이트 하나까지 같은 파일입니다.',
  basisOnly:
    '공유된 것은 기저뿐입니다. 임베딩만 함께 써도 그렇게 되므로, 층의 가중치에 대해서는 아무것도 말해 주지 않습니다.',
  caveats: {
    direction: '누가 누구의 것을 가져갔는지는 알 수 없습니다.',
    noDate: '어느 쪽이 먼저인지 확인되지 않았습니다.',
    suspectFirst:
      '대상 모델의 해시값이 기준 모델보다 먼저 확정되었습니다. 나중에 확정된 기준 모델은 맞추어 만들 수 있으므로, 이 결과는 대상 모델에 불리한 근거가 되지 못합니다.',
    start: '초기값(시드)만 같아도 이렇게 보입니다.',
    challengeGiven: '추첨 난수는 외부에서 주어졌습니다. 누가 언제 정했는지 여기서는 알 수 없습니다.',
  },

  towers: { language: '언어 모델', vision: '시각 인코더', audio: '음성 인코더' },
  kinds: {
    units: 'MLP 유닛',
    values: '어텐션 값 차원',
    experts: '전문가',
    'expert-units': '전문가 안의 유닛',
    basis: '기저(임베딩)',
  },
  part: (tower, kind) => `${tower}: ${kind}`,
  nouns: { units: '유닛', values: '값 차원', experts: '전문가', 'expert-units': '유닛', basis: '차원' },
  verdicts: {
    identical: '동일',
    shares: '가중치 공유',
    trace: '흔적',
    none: '증거 없음',
    untestable: '검사 불가',
  },
  tests: {
    places: (count, of, noun) => `짝지은 ${noun} ${of}개 가운데 ${count}개가 같은 자리에 있음`,
    signs: (count, of, noun) => `짝지은 ${noun} ${of}개 가운데 ${count}개의 부호가 같음`,
    order: (count, of, noun) => `짝지은 ${noun} ${of}개 가운데 ${count}개가 같은 순서로 놓여 있음`,
  },
  alignments: { tokens: '공통 토큰으로 맞춘 뒤' },
  expected: (about) => `무관한 모델이라면 약 ${about}개`,
  byChance: (chance) => `우연히 이렇게 될 확률은 ${chance} 이하`,
  asChance: '이만큼 여러 번 검사하면 우연히도 나오는 수준',
  equality: {
    equal: '살펴본 값이 모두 같음',
    rounded: '살펴본 값이 반올림 차이를 빼고 모두 같음',
  },
  chance: {
    power: (exponent) => `10${raised(exponent)}분의 1`,
    oneIn: (count) => `${count}분의 1`,
    share: (percent) => `${percent}`,
  },
  strength: (cosine, units) => `${cosine} (${units}쌍)`,
  strengthMoved: '유닛의 자리가 바뀌어 의미가 없음',
  noStrength: '없음',

  parts: {
    heading: '부분별 결과',
    lead: '유닛은 번호와 상관없이 생김새로 짝을 짓습니다. 그런 다음 짝 가운데 번호가 같은 것, 순서가 같은 것, 부호가 같은 것이 몇 개인지 셉니다. 확률은 서로 무관한 모델에서 우연히 그렇게 될 확률이며, 모든 부분과 모든 기준 모델을 함께 고려해 보정했습니다.',
    columns: {
      part: '부분',
      verdict: '판정',
      seen: '관찰된 것',
      chance: '우연히 이렇게 될 확률의 상한',
      strength: '같은 자리의 코사인 중앙값 (쌍의 수)',
    },
    nothing: '두 모델에 공통으로 있는 부분이 없습니다.',
  },

  map: {
    heading: '서로 닮은 층',
    title: '층의 지도',
    towerTitle: (tower) => `층의 지도: ${tower}`,
    desc: (rows, columns, same, pairs, list) =>
      `대상 모델의 층 ${rows}개와 기준 모델의 층 ${columns}개를 비교했습니다. 고른 짝 ${pairs}개 가운데 ${same}개는 층 번호가 같습니다. 짝: ${list}.`,
    rows: '↓ 대상 모델의 층',
    columns: '→ 기준 모델의 층',
    legend: (low, high) => `${low}~${high}`,
    chosen: '서로 비교한 층',
    note: '색의 짙기는 짝지은 유닛의 코사인 평균입니다. 어느 층끼리 비교할지 고르는 데에만 쓰며, 무관한 모델에서도 높게 나올 수 있으므로 증거가 아닙니다.',
    folded: (per) => `한 칸은 가로세로 최대 ${per}개 층을 나타내며, 그중 가장 높은 값을 보여 줍니다.`,
  },

  controls: {
    heading: '나란히 놓은 대조군',
    lead: '이번 비교를 위해 만든 기준 모델의 사본과 기준 모델을, 블록 최대 네 개에서 같은 방법으로 비교한 결과입니다. 실제 사본과 사본이 아닌 것이 어떻게 보이는지 알려 줍니다. 판정에는 쓰지 않았습니다.',
    columns: {
      part: '부분',
      here: '두 모델',
      noise: '가중치와 같은 크기의 잡음을 더한 사본',
      'noise-3': '세 배 크기의 잡음을 더한 사본',
      shuffled: '유닛의 순서를 섞은 사본',
      random: '가중치 대신 난수',
    },
    places: '같은 자리',
    signs: '같은 부호',
    of: (count, of) => `${of}개 중 ${count}개`,
  },

  seen: {
    heading: '사본이었다면 보였을 것',
    group: (part, noise, noise3) =>
      `${part}: 가중치와 같은 크기의 잡음을 더한 사본이라면 ${noise}가, 세 배 크기의 잡음이라면 ${noise3}가 같은 자리에 있습니다.`,
    small: (part) =>
      `${part}: 유닛이 너무 적어 판정을 내릴 수 없습니다. 손대지 않은 사본이라도 이것만으로는 가려낼 수 없습니다.`,
    hidden:
      '유닛의 순서를 섞고 부호까지 뒤집은 사본, 공통 토큰으로 되돌릴 수 없게 회전한 사본, 유닛을 들어낸 사본(모든 유닛을 살펴보지 않은 경우), 오랫동안 더 학습한 사본은 찾아내지 못합니다.',
  },

  tokenizer: {
    heading: '토크나이저',
    same: '두 모델의 토크나이저 파일은 바이트 하나까지 같습니다.',
    counts: (shared, suspect, reference, sameId) =>
      `공통 토큰은 ${shared}개이며(대상 모델 ${suspect}개, 기준 모델 ${reference}개), 그 가운데 ${sameId}개는 번호도 같습니다.`,
    merges: (shared, suspect, reference) => `공통 병합 규칙: ${shared}개(각각 ${suspect}개, ${reference}개 중).`,
    inOrder: '기준 모델의 병합 규칙이 모두 대상 모델의 목록에 같은 순서로 들어 있습니다.',
    meaning: '토크나이저는 공개되어 널리 가져다 쓰므로, 가중치에 대해서는 아무것도 말해 주지 않습니다.',
    unknown: '읽을 수 있는 토크나이저가 한쪽에 없어 비교하지 못했습니다.',
  },

  kinship: {
    heading: '두 모델의 학습 증거에 적힌 것',
    word: '제작자가 서명해 밝힌 내용이며, 여기서 검증한 것이 아닙니다.',
    none: '학습 증거가 두 모델에 모두 있지는 않습니다.',
    'begins-from-reference': '대상 모델의 증거에는 기준 모델의 가중치에서 시작했다고 적혀 있습니다.',
    'reference-begins-from-it': '기준 모델의 증거에는 대상 모델의 가중치에서 시작했다고 적혀 있습니다.',
    'same-parent': '두 모델의 증거에는 같은 학습의 가중치에서 시작했다고 적혀 있습니다.',
    'same-start': '두 모델의 증거에는 같은 가중치에서 시작했다고 적혀 있습니다.',
    'same-seed': '두 모델의 증거에는 같은 시드의 난수에서 시작했다고 적혀 있습니다.',
    'other-start': '두 모델의 증거에는 서로 다른 시드의 난수에서 시작했다고 적혀 있습니다.',
    'parent-elsewhere': '적어도 한 모델의 증거에는 제3의 모델의 가중치에서 시작했다고 적혀 있습니다.',
  },

  untested: {
    heading: '검사하지 않은 것과 그 이유',
    none: '빠진 것으로 알려진 부분은 없습니다.',
    model: { suspect: '대상 모델', reference: '기준 모델' },
    missing: '상대 모델에는 이런 구성 요소가 없습니다',
    record: '프로그램 기록(영어)',
  },

  ruledOut: {
    heading: '이것으로는 설명되지 않습니다',
    lead: '확률은 두 모델 가운데 적어도 하나가 난수로 초기화되었고, 모든 유닛을 똑같이 다루는 최적화 알고리즘으로 학습되었으며, 유닛의 순서가 처음 난수로 정해진 그대로일 때 성립합니다. 두 모델 모두에서 유닛이 크기순으로 정렬되었거나 반복된 곳은 자리를 세지 않습니다. 두 모델이 함께 따르는 다른 순서가 있어도 알아차리지 못합니다. 이 조건에서 다음은 확률을 낮추지 못합니다.',
    items: [
      '같은 구조나 같은 레시피: 유닛의 번호는 학습할 때마다 우연히 정해집니다.',
      '어떤 모델끼리도 높게 나오는 코사인: 행에서 평균을 빼고 비교하고, 정규화 층의 가중치만 따로 비교하지 않으며, 코사인의 크기는 확률에 들어가지 않습니다.',
      '같은 토크나이저: 토큰은 두 모델을 맞추는 데에만 쓰며, 토큰 번호는 세지 않습니다.',
      '같은 데이터: 비슷한 유닛을 만들 수는 있어도 번호와 부호까지 같게 만들지는 못합니다.',
    ],
    tried: (tried) =>
      `확률에는 모든 부분과, 지금까지 비교해 본 기준 모델 ${tried}개가 반영되어 있습니다. 이 수는 비교한 사람이 밝힌 것입니다.`,
    startHeading: '배제되지 않은 것',
    start:
      '초기값의 공유: 레시피의 기본 시드처럼 같은 난수에서 시작한 두 모델은, 아무도 가져가지 않았더라도 이렇게 보입니다.',
    startSame: '같은 레시피를 같은 시드와 데이터로 두 번 따른 경우: 똑같은 가중치가 다시 나올 수 있습니다.',
    startOther: '초기값의 공유. 다만 제작자들의 증거가 사실이라면 두 모델은 서로 다른 시드의 난수에서 시작했습니다.',
    startKnown: '출발점의 공유: 제작자들의 증거에 공유했다고 적혀 있으며, 그것만으로 이 결과가 설명됩니다.',
  },

  limits: {
    heading: '알 수 없는 것',
    proves:
      '가중치 공유 판정은 가중치 또는 초기값의 출처가 같음을 증명할 뿐, 누가 누구의 것을 가져갔는지는 증명하지 않습니다. 또한 기준 모델의 제작자가 대상 모델을 보기 전에 기준 모델이 확정되어 있었을 때에만 성립합니다. 나중에 유닛의 순서를 맞춘 기준 모델은 어떤 모델과도 맞아떨어집니다.',
    items: [
      '두 모델이 서로 무관할 확률: 확률은 무관한 모델이 이렇게 보이는 일이 얼마나 드문지를 나타낼 뿐입니다',
      '누가 누구의 것을 가져갔는지, 둘 다 제3의 모델에서 가져온 것인지',
      '허락을 받았거나 공개적으로 밝힌 일인지',
      '한 모델이 다른 모델의 출력으로 배웠는지, 같은 데이터로 배웠는지: 이때는 가중치를 공유하지 않습니다',
      '누구의 모델인지: 이름은 파일과 폴더의 이름이며, 무엇을 비교했는지는 해시값이 말해 줍니다',
      '다른 난수로 몇 번이나 비교하고 보여 주지 않았는지',
    ],
  },

  dates: {
    heading: '날짜',
    none: '확인된 날짜가 없습니다. 비교만으로는 어떤 날짜도 확인되지 않으며, 해시값이 언제 확정되었는지는 접수 대장으로 확인해야 합니다.',
    lead: '해시값이 확정된 때이며, 함께 적은 기관이 밝힌 내용입니다. 비교만으로는 어떤 날짜도 확인되지 않습니다.',
    columns: { model: '모델', time: '해시값 확정', by: '밝힌 곳' },
    unknown: '알 수 없음',
    office: (key) => `키 ${key}를 쓰는 기관의 접수 대장`,
    first: (time, other) =>
      `접수 대장에 따르면 기준 모델의 해시값은 ${time}에, 대상 모델의 해시값은 ${other}에 확정되었습니다.`,
  },

  compared: {
    heading: '무엇을 비교했는가',
    suspect: '대상 모델',
    reference: '기준 모델',
    digest: '가중치 파일들의 이름과 해시값에 대한 SHA-256',
    size: '가중치 파일의 크기',
    family: '모델 계열',
    towers: '구성',
    tower: (name, layers, hidden) => `${name}: 층 ${layers}개, 은닉 크기 ${hidden}`,
    rows: '블록마다 살펴본 유닛 수의 상한',
    allRows: '전부',
    tokens: '두 모델을 맞추는 데 쓴 공통 토큰',
    sketched: '모델 대신 스케치를 썼습니다. 해시값은 스케치를 만든 사람이 밝힌 것입니다.',
    bySketch:
      '유닛은 추첨 난수가 아니라 미리 만든 스케치의 키로 뽑았습니다. 키를 아는 사람은 어떤 유닛을 살펴보는지 알 수 있었습니다.',
    alpha: '‘가중치 공유’의 기준 확률',
    tried: '지금까지 비교해 본 기준 모델',
    challenge: '유닛을 추첨한 난수',
    challengeNote: {
      drawn: '이번 비교에서 모든 해시값이 정해진 뒤 프로그램이 뽑았습니다',
      given: '프로그램에 주어진 값이며, 누가 언제 정했는지 여기서는 알 수 없습니다',
    },
  },

  again: {
    heading: '직접 확인하는 방법',
    text: '같은 파일을 가진 사람은 누구나 비교를 되풀이할 수 있습니다. 같은 난수를 쓰면 같은 유닛이 뽑힙니다.',
  },
  colophon:
    '직지(1377)는 오늘날까지 남아 있는 가장 오래된 금속 활자본입니다. 이 페이지는 아무것도 불러오지 않으며, 스크립트를 실행하지 않습니다.',
};
