// The sentences about comparisons in both languages. Names and digests arrive as they are; pages escape them.

import type { Lang, WordsOf } from '../../page-kit/text/index.ts';

const en = {
  tokenizer: (shared: string, all: string, same: string) =>
    `Tokenizer: ${shared} of ${all} tokens are in both, ${same} of them with the same id`,
  sameTokenizer: 'Tokenizer: the same file',
  waiting: 'not compared yet',
  full: 'not compared: the rule book allows no more comparisons in this stage',
  failed: (code: string, message: string) => `not compared (${code}): ${message}`,
  failedBy: (code: string) => `not compared (${code})`,
  shares: (component: string, team: string, from: string, parts: string) =>
    `${component} of ${team} shares weights, or their initialisation, with ${from}. ${parts}.`,
  takesTokenizer: (component: string, team: string, from: string) =>
    `${component} of ${team}: its tokenizer is the same file as that of ${from}.`,
  part: (name: string, verdict: string, seen: string) =>
    seen === '' ? `${name}: ${verdict}` : `${name}: ${verdict} (${seen})`,
  tokenizerFile: 'the two tokenizers are one file',
  reference: (time: string, seq: string) =>
    `The digest of the reference was registered with the rule book at ${time} (entry ${seq})`,
  earlier: (time: string, seq: string) => `The other submission was fixed at ${time} (entry ${seq})`,
  submission: (time: string, seq: string) => `this submission was fixed at ${time} (entry ${seq})`,
  before: 'Whether its weights were public before that, this log does not know.',
  /** The makers' signed word on the beginnings of both runs. */
  kinship: {
    'begins-from-reference': 'Its own evidence says that it began with the other’s weights.',
    'reference-begins-from-it': 'The other’s evidence says that that one began with this submission’s weights.',
    'same-parent': 'The evidence of both says that they began with the weights of one and the same run.',
    'same-start': 'The evidence of both says that they began with the same weights.',
    'same-seed': 'The evidence of both says that they began with random numbers of one seed.',
    'other-start': 'The evidence of both says that they began with random numbers of two different seeds.',
    'parent-elsewhere': 'The evidence of at least one says that it began with the weights of a third model.',
  },
};

const ko: WordsOf<typeof en> = {
  tokenizer: (shared, all, same) =>
    `토크나이저: 토큰 ${all}개 가운데 ${shared}개가 양쪽에 있고, 그중 ${same}개는 번호도 같음`,
  sameTokenizer: '토크나이저: 같은 파일',
  waiting: '아직 비교하지 않음',
  full: '비교하지 않음: 규정집이 정한 이 단계의 비교 횟수를 다 썼습니다',
  failed: (code, message) => `비교하지 못함 (${code}): ${message}`,
  failedBy: (code) => `비교하지 못함 (${code})`,
  shares: (component, team, from, parts) =>
    `${team}의 ${component}: 가중치 또는 그 초기값의 출처가 ${from}의 것과 같습니다. ${parts}.`,
  takesTokenizer: (component, team, from) => `${team}의 ${component}: 토크나이저가 ${from}의 것과 같은 파일입니다.`,
  part: (name, verdict, seen) => (seen === '' ? `${name}: ${verdict}` : `${name}: ${verdict} (${seen})`),
  tokenizerFile: '두 토크나이저는 같은 파일입니다',
  reference: (time, seq) => `기준 모델의 해시값은 ${time}에 규정집과 함께 등록되었고(기록 ${seq}번)`,
  earlier: (time, seq) => `상대 제출물은 ${time}에 확정되었고(기록 ${seq}번)`,
  submission: (time, seq) => `이 제출물은 ${time}에 확정되었습니다(기록 ${seq}번)`,
  before: '그 전에 이 가중치가 공개되어 있었는지는 이 기록으로 알 수 없습니다.',
  kinship: {
    'begins-from-reference': '이 제출물의 증거에는 상대의 가중치에서 시작했다고 적혀 있습니다.',
    'reference-begins-from-it': '상대의 증거에는 이 제출물의 가중치에서 시작했다고 적혀 있습니다.',
    'same-parent': '둘의 증거에는 같은 학습의 가중치에서 시작했다고 적혀 있습니다.',
    'same-start': '둘의 증거에는 같은 가중치에서 시작했다고 적혀 있습니다.',
    'same-seed': '둘의 증거에는 같은 시드의 난수에서 시작했다고 적혀 있습니다.',
    'other-start': '둘의 증거에는 서로 다른 시드의 난수에서 시작했다고 적혀 있습니다.',
    'parent-elsewhere': '적어도 한쪽의 증거에는 제3의 모델의 가중치에서 시작했다고 적혀 있습니다.',
  },
};

export const WORDS: Record<Lang, typeof en | typeof ko> = { en, ko };
