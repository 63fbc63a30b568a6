// The sentences about a run after an audit: one table, in both languages, for terminal, page, console, card and JSON. No sentence
// claims more than the audit checked. Text only; computes nothing.

import { type Lang, plain, TERMS } from '../page-kit/text/index.ts';
import type { DataStanding, Extent, Verdict } from './types.ts';

/** What a run began with: drawn weights, the weights of another run, or those of a model whose making nobody showed. */
export type Beginning =
  | { kind: 'drawn' }
  /** `name` and `standing`: of the parent's own audit, null where the auditor did not bring it. */
  | { kind: 'run'; seal: string; name: string | null; standing: Standing | null }
  /** Its files, and whether the auditor's own copy has them and these weights. */
  | { kind: 'model'; files: readonly { name: string; sha256: string }[]; compared: boolean };

export interface Standing {
  beginning: Beginning;
  verdict: Verdict;
  extent: Extent;
  data: DataStanding;
  /** Share of the steps that was trained again, 0 to 1. */
  share: number;
  /** Chance that a single forged segment would have been seen; null where none is claimed. */
  chance: number | null;
}

export interface Claim {
  /** The verdict in a word, and its extent. */
  word: string;
  /** What the verdict means for the claim. */
  headline: string;
  /** How much was trained again, and the chance of detection. */
  reach: string;
  /** What the weights were built on; null where they were drawn. */
  beginning: string | null;
  /** What is known of the data. */
  data: string;
}

const percent = (x: number): string => {
  const value = 100 * x;
  if (value === 0 || value === 100) return `${value}%`;
  // Rounded down: no sentence claims too much.
  return value < 10 ? `${Math.floor(value * 10) / 10}%` : `${Math.floor(value)}%`;
};

interface Table {
  words: Record<Verdict, string>;
  extents: Record<Extent, string>;
  /** In place of `sampled` where no chance is claimed. */
  partly: string;
  holds: Record<Extent, string>;
  /** In place of `holds.all` for a run with a parent. */
  allFromParent: string;
  beginning: {
    /** A parent that was audited too; `rest` is what that one was built on. */
    audited: (name: string, seal: string, word: string) => string;
    unseen: (seal: string) => string;
    model: (files: string) => string;
    compared: string;
    notCompared: string;
  };
  refuted: string;
  incomplete: string;
  all: string;
  sampled: (share: string, chance: string) => string;
  part: (share: string) => string;
  self: (share: string) => string;
  none: string;
  data: Record<DataStanding, string>;
  /** For an older record of an audit, which has only the verdict. */
  unrecorded: { extent: string; headline: string; reach: string };
  /** For audits that several auditors signed. */
  joined: {
    by: (auditors: number) => string;
    headline: (auditors: number, headline: string) => string;
    disputed: { word: string; headline: string };
    incomplete: string;
    register: string;
    all: (auditors: number) => string;
    beginning: string;
    data: string;
  };
  room: (ofWay: string) => string;
  /** Where no chance is claimed. */
  open: (ofWay: string) => string;
  noRoom: string;
}

const TABLES: Record<Lang, Table> = {
  en: {
    words: TERMS.en.verdicts,
    extents: { all: 'all steps', sampled: 'sampled', self: 'self-audit' },
    partly: 'a part',
    holds: {
      all: 'The claim holds: these weights were made from random numbers by the gradient steps of this recipe on these tokens, and by nothing else.',
      sampled: 'Nothing that was checked contradicts the claim. A part of the training was checked step by step.',
      self: 'Nothing that was checked contradicts the claim. What was checked, the maker chose himself.',
    },
    allFromParent:
      'The claim holds: these weights were made from those of its parent by the gradient steps of this recipe on these tokens, and by nothing else.',
    beginning: {
      audited: (name, seal, word) => `It was built on ${name} (seal ${seal}), which was audited too: ${word}.`,
      unseen: (seal) => `It was built on another run (seal ${seal}). Nothing of the making of that run was checked.`,
      model: (files) => `It begins with weights whose making nobody showed: ${files}.`,
      compared: 'The files were compared with the auditor’s own copy.',
      notCompared: 'Whose files these are is the maker’s word.',
    },
    refuted: 'The evidence contradicts the claim, at the places named below.',
    incomplete: 'No verdict is possible: evidence that the audit needs is not there.',
    all: 'Every step was trained again and came out the same, bit for bit.',
    sampled: (share, chance) =>
      `${share} of the steps were trained again. A single forged segment would have been seen with a chance of ${chance}; several with a higher one.`,
    part: (share) =>
      `${share} of the steps were trained again. That says nothing about how likely a forgery would have been found.`,
    self: (share) =>
      `${share} of the steps were trained again, on a machine that has the maker’s signing key. That says nothing about how likely a forgery would have been found.`,
    none: 'No step was trained again.',
    data: {
      sources: 'The texts are those of the sources that the recipe names: they were built again from them.',
      texts:
        'Where the texts come from is the maker’s word. The tokens were compared with the texts; where there are more than 32 MiB of text, with a part of them.',
      maker: 'Where the texts come from, and what they are, is the maker’s word.',
    },
    unrecorded: {
      extent: 'extent not recorded',
      headline: 'Nothing that was checked contradicts the claim. How much was checked was not recorded.',
      reach: 'How many steps were trained again was not recorded.',
    },
    joined: {
      by: (auditors) => `by ${auditors} auditor${auditors === 1 ? '' : 's'}`,
      headline: (auditors, headline) =>
        `By what ${auditors === 1 ? 'one auditor' : `${auditors} auditors`} signed: ${headline}`,
      disputed: {
        word: 'Disputed',
        headline: 'An auditor contradicts the claim: look at his report, and at the run itself.',
      },
      incomplete: 'No report counts.',
      register:
        'By the office’s own register an answer was given twice or is not known: the reports do not settle that.',
      all: (auditors) =>
        auditors === 1
          ? 'Every step was trained again by the one auditor, who signed that it came out the same, bit for bit.'
          : `Every step was trained again by one of the ${auditors} auditors, who signed that it came out the same, bit for bit.`,
      beginning: 'It was built on the weights of a parent. How those were made is not a part of these reports.',
      data: 'Where the texts come from is not a part of these reports.',
    },
    room: (ofWay) =>
      `Unseen with an even chance, a forger can have forged segments that hold at most ${ofWay} of the way that the weights went.`,
    open: (ofWay) => `Segments that hold ${ofWay} of the way that the weights went were not trained again.`,
    noRoom: 'How much of the way a forger can have forged unseen is not known.',
  },
  ko: {
    words: TERMS.ko.verdicts,
    extents: { all: '모든 스텝', sampled: '표본', self: '자체 검증' },
    partly: '일부',
    holds: {
      all: '주장이 성립합니다. 이 가중치는 난수에서 출발하여 이 레시피의 경사 하강을 이 토큰에 적용해 만들어졌으며, 그 밖의 것은 쓰이지 않았습니다.',
      sampled: '확인한 것 가운데 주장과 어긋나는 것은 없습니다. 학습의 일부만 스텝별로 확인했습니다.',
      self: '확인한 것 가운데 주장과 어긋나는 것은 없습니다. 다만 무엇을 확인할지는 제작자 스스로 정했습니다.',
    },
    allFromParent:
      '주장이 성립합니다. 이 가중치는 부모 모델의 가중치에서 출발하여 이 레시피의 경사 하강을 이 토큰에 적용해 만들어졌으며, 그 밖의 것은 쓰이지 않았습니다.',
    beginning: {
      audited: (name, seal, word) =>
        `${name}(봉인 ${seal}) 위에 만들어졌으며, 그 학습도 함께 검증했습니다. 결과: ${word}.`,
      unseen: (seal) =>
        `다른 학습(봉인 ${seal})의 가중치 위에 만들어졌습니다. 그 학습에 대해서는 확인한 것이 없습니다.`,
      model: (files) => `아무도 만드는 과정을 보이지 않은 가중치에서 시작합니다. ${files}.`,
      compared: '파일은 검증자가 가진 사본과 비교했습니다.',
      notCompared: '이 파일이 누구의 것인지는 제작자가 밝힌 것이며 확인되지 않았습니다.',
    },
    refuted: '증거가 주장과 어긋납니다. 어긋나는 곳은 아래에 있습니다.',
    incomplete: '판정할 수 없습니다. 검증에 필요한 증거가 없습니다.',
    all: '모든 스텝을 다시 학습했고, 비트 하나까지 같았습니다.',
    sampled: (share, chance) =>
      `전체 스텝의 ${share}를 다시 학습했습니다. 위조된 구간이 하나라면 ${chance}의 확률로 드러났을 것이고, 여럿이라면 더 높습니다.`,
    part: (share) =>
      `전체 스텝의 ${share}를 다시 학습했습니다. 위조가 있었다면 드러났을 확률이 얼마인지는 이것으로 알 수 없습니다.`,
    self: (share) =>
      `제작자의 서명 키가 있는 기기에서 전체 스텝의 ${share}를 다시 학습했습니다. 위조가 있었다면 드러났을 확률이 얼마인지는 이것으로 알 수 없습니다.`,
    none: '다시 학습한 스텝이 없습니다.',
    data: {
      sources: '텍스트는 레시피가 가리키는 출처의 것입니다. 출처에서 다시 만들어 비교했습니다.',
      texts:
        '텍스트의 출처는 제작자가 밝힌 것이며 확인되지 않았습니다. 토큰은 텍스트와 비교했으며, 텍스트가 32MiB를 넘으면 그 일부와 비교했습니다.',
      maker: '텍스트의 출처와 내용은 제작자가 밝힌 것이며 확인되지 않았습니다.',
    },
    unrecorded: {
      extent: '범위 기록 없음',
      headline: '확인한 것 가운데 주장과 어긋나는 것은 없습니다. 얼마나 확인했는지는 기록되지 않았습니다.',
      reach: '몇 스텝을 다시 학습했는지는 기록되지 않았습니다.',
    },
    joined: {
      by: (auditors) => `검증자 ${auditors}명`,
      headline: (auditors, headline) => `검증자 ${auditors}명이 서명한 바로는 다음과 같습니다. ${headline}`,
      disputed: {
        word: '다툼 있음',
        headline: '한 검증자의 결과가 주장과 어긋납니다. 그 보고서와 학습 기록을 직접 살펴보십시오.',
      },
      incomplete: '인정되는 보고서가 없습니다.',
      register:
        '전담기관의 접수 대장에 따르면 답이 두 번 나갔거나 알려지지 않은 답이 있으며, 이 보고서들로는 그것이 가려지지 않습니다.',
      all: (auditors) =>
        `검증자 ${auditors}명이 나누어 모든 스텝을 다시 학습했고, 비트 하나까지 같았다고 각자 서명했습니다.`,
      beginning:
        '부모 모델의 가중치 위에 만들어졌습니다. 그 가중치가 어떻게 만들어졌는지는 이 보고서들에 들어 있지 않습니다.',
      data: '텍스트의 출처는 이 보고서들에 들어 있지 않습니다.',
    },
    room: (ofWay) =>
      `절반의 확률로 드러나지 않으려는 위조자가 위조할 수 있었던 구간은 가중치가 움직인 길의 최대 ${ofWay}입니다.`,
    open: (ofWay) => `가중치가 움직인 길의 ${ofWay}에 해당하는 구간은 다시 학습하지 않았습니다.`,
    noRoom: '위조자가 드러나지 않고 위조할 수 있었던 구간이 길의 얼마인지는 알 수 없습니다.',
  },
};

const extentWord = (table: Table, extent: Extent, chance: number | null): string =>
  extent === 'sampled' && chance === null ? table.partly : table.extents[extent];

/** Files of a model that a sentence names. */
const MAX_FILES = 4;

const shortOf = (digest: string): string => `${digest.slice(0, 16)}…`;

/** What a run was built on, link by link; null where its weights were drawn. */
function beginningOf(beginning: Beginning, lang: Lang): string | null {
  const { beginning: words } = TABLES[lang];
  if (beginning.kind === 'drawn') return null;
  if (beginning.kind === 'model') {
    const shown = beginning.files.slice(0, MAX_FILES).map(({ name, sha256 }) => `${plain(name, 80)} ${sha256}`);
    const more = beginning.files.length - shown.length;
    const files = [...shown, ...(more > 0 ? [TERMS[lang].more(String(more))] : [])].join(', ');
    return `${words.model(`SHA-256 ${files}`)} ${beginning.compared ? words.compared : words.notCompared}`;
  }
  const { seal, name, standing } = beginning;
  if (!standing || name === null) return words.unseen(shortOf(seal));
  const { word, beginning: rest } = claimOf(standing, lang);
  return [words.audited(plain(name, 80), shortOf(seal), word), rest].filter(Boolean).join(' ');
}

/** The sentences for one standing. */
export function claimOf({ beginning, verdict, extent, data, share, chance }: Standing, lang: Lang): Claim {
  const table = TABLES[lang];
  const isDrawn = beginning.kind === 'drawn';
  const part = percent(share);
  let reach = table.part(part);
  if (share === 0) reach = table.none;
  else if (extent === 'all') reach = table.all;
  else if (extent === 'self') reach = table.self(part);
  else if (chance !== null && verdict === 'holds') reach = table.sampled(part, percent(chance));
  const holds = verdict === 'holds';
  return {
    // Only a verdict that holds needs its extent.
    word: holds ? `${table.words.holds} (${extentWord(table, extent, chance)})` : table.words[verdict],
    headline: holds ? (extent === 'all' && !isDrawn ? table.allFromParent : table.holds[extent]) : table[verdict],
    reach,
    // If the checks found a fault, its word on its parent is not worth more than the rest.
    beginning: holds ? beginningOf(beginning, lang) : null,
    // If the checks found a fault or did not finish, no sentence says that data were checked.
    data: table.data[holds ? data : 'maker'],
  };
}

/** The sentences for an audit of which only the verdict was recorded. */
export function unrecordedClaim(verdict: Verdict, lang: Lang): Claim {
  const { words, unrecorded, data, ...table } = TABLES[lang];
  const holds = verdict === 'holds';
  return {
    word: holds ? `${words.holds} (${unrecorded.extent})` : words[verdict],
    headline: holds ? unrecorded.headline : table[verdict],
    reach: unrecorded.reach,
    beginning: null,
    data: data.maker,
  };
}

/** The joint result of audits by several keys. */
export interface JoinedStanding {
  /** Whether it began with the weights of a parent, of which joined audits say nothing more. */
  hasParent: boolean;
  /** `consistent` and `none`: only of a run that another program trained. */
  verdict: 'holds' | 'consistent' | 'disputed' | 'incomplete';
  extent: 'all' | 'sampled' | 'none';
  /** Auditors whose reports count. */
  auditors: number;
  share: number;
  chance: number | null;
  /** False if the check `register` of the office's own audit does not hold; reports of other auditors cannot change that. */
  register?: boolean;
}

/** How much was trained again, by all auditors together. */
export function reachOfJoined(standing: Omit<JoinedStanding, 'hasParent'>, lang: Lang): string {
  const { verdict, extent, auditors, share, chance } = standing;
  const table = TABLES[lang];
  if (share === 0) return table.none;
  if (extent === 'all') return table.joined.all(auditors);
  return chance !== null && verdict === 'holds'
    ? table.sampled(percent(share), percent(chance))
    : table.part(percent(share));
}

/** What sentences about joined audits have in common, whoever trained the run. */
export function joinedWords(
  lang: Lang,
  { extent, chance, auditors }: Pick<JoinedStanding, 'extent' | 'chance' | 'auditors'>,
) {
  const table = TABLES[lang];
  const { by, headline, ...rest } = table.joined;
  return {
    ...rest,
    by: by(auditors),
    headline: (text: string) => headline(auditors, text),
    extent: extentWord(table, extent === 'all' ? 'all' : 'sampled', chance),
  };
}

/** The sentences for joined audits. Each auditor signed only his own part, and the sentences claim no more. */
export function joinedClaim(standing: JoinedStanding, lang: Lang): Claim {
  const { hasParent, verdict, extent, auditors, register = true } = standing;
  const table = TABLES[lang];
  const joined = joinedWords(lang, standing);
  const beginning = hasParent && verdict === 'holds' && register ? joined.beginning : null;
  const reach = reachOfJoined(standing, lang);
  if (verdict !== 'holds' || !register) {
    const headline = register || auditors === 0 ? joined.incomplete : joined.register;
    const none = { word: table.words.incomplete, headline };
    return { ...(verdict === 'disputed' ? joined.disputed : none), reach, beginning, data: joined.data };
  }
  return {
    word: `${table.words.holds} (${joined.extent}, ${joined.by})`,
    headline: joined.headline(
      extent === 'all' && hasParent ? table.allFromParent : table.holds[extent === 'all' ? 'all' : 'sampled'],
    ),
    reach,
    beginning,
    data: joined.data,
  };
}

/**
 * The sentence on the room for a forger who stays unseen with an even chance. `ofWay` is the room as a share of the way that the weights
 * went, null if unknown. Rounded up: no sentence states too little room. If no chance is claimed, it is the share that was not trained
 * again.
 */
export function roomClaim(ofWay: number | null, chance: number | null, lang: Lang): string {
  const table = TABLES[lang];
  if (ofWay === null) return table.noRoom;
  return table[chance === null ? 'open' : 'room'](`${Math.ceil(1000 * ofWay - 1e-9) / 10}%`);
}
