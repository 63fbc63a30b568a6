// The reasons why parts were not compared, in Korean. Results and sketches keep them as English sentences, older ones and those of other
// people too: a sentence that is one of these is told in Korean with its values, any other stays English.

import type { Both, Sentences } from '../../base/index.ts';

export const REASONS = {
  labelsOfOthers: (count: string, all: string): Both => ({
    en: `${count} of ${all} blocks have the labels of others in both models, and count with them`,
    ko: `전체 블록 ${all}개 가운데 ${count}개는 두 모델 모두에서 다른 블록과 번호를 함께 쓰므로, 그 블록과 하나로 셉니다.`,
  }),
  noPlaces: (count: string, all: string): Both => ({
    en: `places say nothing in ${count} of ${all} blocks: in both models the units are sorted, stand in groups, or repeat`,
    ko: `전체 블록 ${all}개 가운데 ${count}개에서는 자리가 아무것도 말해 주지 않습니다. 두 모델 모두에서 유닛이 정렬되었거나, 무리를 지어 놓였거나, 반복됩니다.`,
  }),
  noMatches: {
    en: 'no two units could be matched: rows are zero, or equal to others',
    ko: '행이 0이거나 다른 행과 같아서 짝지을 수 있는 유닛이 없습니다.',
  },
  noSuchBlocks: {
    en: 'the examined model has no such blocks',
    ko: '대상 모델에는 이런 블록이 없습니다.',
  },
  onlyExamined: { en: 'only the examined model has this part', ko: '대상 모델에만 있는 부분입니다.' },
  onlyReference: { en: 'only the reference has this part', ko: '기준 모델에만 있는 부분입니다.' },
  noSameLayer: {
    en: 'no block of one model has the layer and the number of one of the other',
    ko: '두 모델에 층과 번호가 같은 블록이 없습니다.',
  },
  otherWidth: {
    en: 'the rows differ in width, and no tokens that both models embed bring them together',
    ko: '행의 너비가 다르고, 두 모델을 맞추는 데 쓸 공통 토큰이 없습니다.',
  },
  noTokens: {
    en: 'there are no tokens of which both models have an embedding that is finite and not zero',
    ko: '두 모델 모두에서 임베딩이 유한하고 0이 아닌 토큰이 없습니다.',
  },
  sinusoids: {
    en: 'sinusoids are added to its residual stream, which fixes the order of its dimensions',
    ko: '잔차 흐름에 사인파를 더하므로 차원의 순서가 정해져 있습니다.',
  },
  headTokens: {
    en: 'its rows are tokens, whose order a shared tokenizer explains',
    ko: '행이 토큰이므로, 토크나이저가 같으면 순서도 같습니다.',
  },
  pairedDimensions: {
    en: 'positions tie their dimensions together in pairs, or any mixture of them is the same model: they have no labels that are free',
    ko: '위치 인코딩이 차원을 둘씩 묶거나, 차원을 어떻게 섞어도 같은 모델이므로 자유로운 번호가 없습니다.',
  },
  fewNumbers: { en: 'a vector has too few numbers to tell', ko: '벡터는 수가 너무 적어 구별할 수 없습니다.' },
  noTable: { en: 'no table says what its rows are', ko: '행이 무엇인지 나와 있는 표가 없습니다.' },
  manyBlocks: { en: 'there are more blocks than are compared', ko: '비교하는 수보다 블록이 많습니다.' },
  manyParts: { en: 'too many parts to name', ko: '부분이 너무 많아 다 적지 않았습니다.' },
  packed: {
    en: 'its weights are packed integers, which are not read',
    ko: '가중치가 압축된 정수로 저장되어 있어 읽지 않았습니다.',
  },
  unknownNames: {
    en: 'no table knows the names and shapes of its tensors',
    ko: '텐서의 이름과 모양이 어느 표에도 없습니다.',
  },
  unknownNamesOf: (type: string): Both => ({
    en: `no table knows the names and shapes of its tensors (it calls itself ${type})`,
    ko: `텐서의 이름과 모양이 어느 표에도 없습니다. 모델이 밝힌 종류: ${type}`,
  }),
  secondStack: (tower: string): Both => ({
    en: `a second stack of layers beside the ${tower} tower`,
    ko: `같은 구성 요소에 속하는 두 번째 층 묶음입니다: ${tower}`,
  }),
  noVector: (name: string): Both => ({ en: `${name} is not a vector`, ko: `벡터가 아닙니다: ${name}` }),
  itsShape: (shape: string): Both => ({ en: `its shape is [${shape}]`, ko: `모양이 맞지 않습니다: [${shape}]` }),
  oddSize: (rows: string, columns: string): Both => ({
    en: `${rows} rows of ${columns} are not a size that can be compared`,
    ko: `비교할 수 없는 크기입니다: ${rows}행 ${columns}열`,
  }),
  noPart: (part: string): Both => ({ en: `there is no ${part}`, ko: `없는 텐서입니다: ${part}` }),
  otherShape: (part: string, shape: string, wanted: string): Both => ({
    en: `${part} has the shape [${shape}], not [${wanted}]`,
    ko: `텐서의 모양이 다릅니다(${part}). 모양: [${shape}], 있어야 할 모양: [${wanted}]`,
  }),
  stored: (type: string): Both => ({
    en: `it is stored as ${type}, which is not read`,
    ko: `읽지 않는 자료형으로 저장되어 있습니다: ${type}`,
  }),
  scales: { en: 'its scales have no known layout', ko: '배율이 저장된 방식을 알 수 없습니다.' },
  manyHeads: (heads: string): Both => ({
    en: `a layer of ${heads} heads is not one that can be compared`,
    ko: `비교할 수 없는 층입니다. 헤드 수: ${heads}`,
  }),
  unevenHeads: (heads: string, shared: string): Both => ({
    en: `${heads} query heads do not share ${shared} key-value heads evenly`,
    ko: `쿼리 헤드 ${heads}개를 키-값 헤드 ${shared}개에 고르게 나눌 수 없습니다.`,
  }),
  brokenHeads: { en: 'its heads are not whole rows', ko: '헤드가 행 단위로 나뉘지 않습니다.' },
  unknownHeads: {
    en: 'nothing says how many key-value heads there are',
    ko: '키-값 헤드가 몇 개인지 나와 있지 않습니다.',
  },
  otherHeads: (queries: string, values: string): Both => ({
    en: `the config's heads do not fit ${queries} rows of queries and ${values} of values`,
    ko: `설정의 헤드 수가 쿼리 ${queries}행, 값 ${values}행과 맞지 않습니다.`,
  }),
  otherOrder: {
    en: 'heads that share values are not in this order',
    ko: '값을 함께 쓰는 헤드가 이 순서로 놓여 있지 않습니다.',
  },
  manyExperts: (experts: string): Both => ({
    en: `${experts} experts are not a number that can be compared`,
    ko: `비교할 수 없는 전문가 수입니다: ${experts}`,
  }),
  routerGroups: {
    en: 'nothing says whether its router chooses groups of experts first',
    ko: '라우터가 전문가 묶음을 먼저 고르는지 나와 있지 않습니다.',
  },
  otherGroups: (groups: string, experts: string): Both => ({
    en: `the config's ${groups} groups do not fit ${experts} experts`,
    ko: `설정의 묶음 ${groups}개와 전문가 ${experts}개가 맞지 않습니다.`,
  }),
  attentionShapes: {
    en: 'the shapes of its attention do not fit together',
    ko: '어텐션의 텐서 모양이 서로 맞지 않습니다.',
  },
  otherHeadCount: (heads: string): Both => ({
    en: `the config has another number of heads than the ${heads} of its shapes`,
    ko: `설정의 헤드 수가 텐서 모양에서 나온 수와 다릅니다: ${heads}`,
  }),
} satisfies Sentences;

/** Stands for a value in a sentence: no text that is stored has it. */
const MARK = '\u0000';
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The Korean of one sentence of the table, by its English; undefined where the English is not of this sentence. */
function matcher(told: Both | ((...given: string[]) => Both)): (english: string) => string | undefined {
  if (typeof told !== 'function') return (english) => (english === told.en ? told.ko : undefined);
  const marks = Array.from({ length: told.length }, (_, i) => `${MARK}${i}${MARK}`);
  const order: number[] = [];
  const parts = told(...marks).en.split(new RegExp(`${MARK}(\\d)${MARK}`));
  const pattern = parts.map((part, i) => {
    if (i % 2 === 0) return escaped(part);
    order.push(Number(part));
    return '(.{1,300}?)';
  });
  const whole = new RegExp(`^${pattern.join('')}$`, 's');
  return (english) => {
    const found = whole.exec(english);
    if (!found) return undefined;
    const given: string[] = [];
    for (const [i, at] of order.entries()) given[at] = found[i + 1]!;
    return told(...given).ko;
  };
}

const MATCHERS = Object.values(REASONS).map((told) => matcher(told as Both | ((...given: string[]) => Both)));

/** Sentences that are stored are short; longer ones are somebody's own. */
const MAX_REASON = 1000;

/** A reason in Korean; undefined where it is none that this release knows. */
export function koreanReason(english: string): string | undefined {
  if (english.length > MAX_REASON) return undefined;
  for (const match of MATCHERS) {
    const ko = match(english);
    if (ko !== undefined) return ko;
  }
  return undefined;
}

const TOWERS = { language: '언어 모델', vision: '시각 인코더', audio: '음성 인코더' } as const;
const PARTS: Record<string, string> = {
  layers: '층',
  'units of MLPs': 'MLP 유닛',
  'value dimensions': '어텐션 값 차원',
  experts: '전문가',
  'units of experts': '전문가 안의 유닛',
  'input embedding': '입력 임베딩',
  'output head': '출력 헤드',
  'queries and keys': '쿼리와 키',
  'norms, biases and other vectors': '정규화, 편향과 그 밖의 벡터',
  'language model': '언어 모델',
};

/** The name of a part in Korean: `language: units of MLPs of layers 0 to 5`; undefined where it is a tensor's name or none that is known. */
export function koreanPart(english: string): string | undefined {
  const [, tower, name = '', layers] =
    /^(?:(language|vision|audio): )?(.{1,60}?)(?: of layers? ([\d to,and]+|.{0,60}more))?$/.exec(english) ?? [];
  if (!Object.hasOwn(PARTS, name)) return undefined;
  const where = layers?.replaceAll(' to ', '–').replaceAll(' and ', ', ').replace('more', '…');
  const part = `${PARTS[name]}${where === undefined ? '' : ` (층 ${where})`}`;
  return tower === undefined ? part : `${TOWERS[tower as keyof typeof TOWERS]}: ${part}`;
}
