// The sentences about a run after an audit: one table, in both languages, for terminal, page, console, card and JSON. No sentence
// claims more than the audit checked. Text only; computes nothing.

import { type Lang, plain, TERMS } from '../page-kit/text/index.ts';
import type { DataStanding, Extent, FigureStanding, LodgingStanding, Verdict } from './types.ts';

/** What a run began with: drawn weights, the weights of another run, or those of a model whose making nobody showed. */
export type Beginning =
  | { kind: 'drawn' }
  /** `name` and `standing`: of the parent's own audit, null where the auditor did not bring it. */
  | { kind: 'run'; seal: string; name: string | null; standing: Standing | null }
  /** Its files, and whether the auditor's own copy has them and these weights. */
  | { kind: 'model'; files: readonly { name: string; sha256: string }[]; compared: boolean };

/** What an audit found of one run; what that run was built on has a standing of its own, in `beginning`. */
export interface Standing {
  beginning: Beginning;
  verdict: Verdict;
  extent: Extent;
  data: DataStanding;
  /** Share of the steps that was trained again, 0 to 1. */
  share: number;
  /** Chance that a single forged segment would have been seen; null where none is claimed. */
  chance: number | null;
  /** The even room as a share of the way; null where it is not known, as in records of earlier. */
  room?: number | null;
  /** Null or absent where it was not recorded. */
  figures?: FigureStanding | null;
  lodging?: LodgingStanding | null;
  /** Fingerprints of the keys that made it, in their order; absent as `figures`. */
  makers?: readonly string[];
}

/** A run of a chain. The run itself has no seal here. */
export interface Link {
  /** Null for the run itself, and where an audit that was signed does not have it. */
  name: string | null;
  seal: string | null;
  standing: Standing;
}

/** The run itself, then what it was built on, as far as it was audited. */
export function linksOf(standing: Standing): [Link, ...Link[]] {
  const links: [Link, ...Link[]] = [{ name: null, seal: null, standing }];
  for (let at = standing.beginning; at.kind === 'run' && at.standing; at = at.standing.beginning)
    links.push({ name: at.name, seal: at.seal, standing: at.standing });
  return links;
}

/** How a chain of runs begins, behind the last link that was audited. */
export const endOf = (standing: Standing): Beginning => linksOf(standing).at(-1)!.standing.beginning;

const EXTENTS: readonly Extent[] = ['self', 'sampled', 'all'];
const DATA: readonly DataStanding[] = ['maker', 'texts', 'sources'];

/** Negative where one link was trained again less than another one: nothing of it, then by extent, chance and share. */
export function compareReach(one: Standing, other: Standing): number {
  const [a, b] = [one, other].map(({ extent, chance, share }) => [
    share === 0 ? -1 : EXTENTS.indexOf(extent),
    chance ?? -1,
    share,
  ]) as [number[], number[]];
  return a.map((x, i) => x - b[i]!).find((difference) => difference !== 0) ?? 0;
}

const leastOf = (links: readonly Link[], compare: (one: Standing, other: Standing) => number): Link =>
  links.reduce((least, link) => (compare(link.standing, least.standing) < 0 ? link : least));

/** The least extent, the link that was trained again least, and the one of whose texts least is known: a chain is as strong as these. */
export function weakestOf(standing: Standing): { extent: Extent; reach: Link; data: Link } {
  const links = linksOf(standing);
  return {
    extent: EXTENTS.find((extent) => links.some((link) => link.standing.extent === extent))!,
    reach: leastOf(links, compareReach),
    data: leastOf(links, (one, other) => DATA.indexOf(one.data) - DATA.indexOf(other.data)),
  };
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
  // Rounded down: no sentence claims too much. A sum in binary that lies a last digit below a whole one is that one.
  return value < 10 ? `${Math.floor(value * 10 + 1e-9) / 10}%` : `${Math.floor(value + 1e-9)}%`;
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
    /** A parent that was audited too. */
    audited: (link: string, word: string) => string;
    unseen: (seal: string) => string;
    /** Null where its files are not named. */
    model: (files: string | null) => string;
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
  figures: Record<FigureStanding, string>;
  lodging: Record<LodgingStanding, string>;
  /** Of several runs, each built on the next. */
  chain: {
    itself: string;
    link: (name: string, seal: string) => string;
    /** Whose key signed a run: all of its fingerprint, to be compared. */
    makers: (keys: readonly string[]) => string;
    /** Where only its seal is known. */
    unnamed: (seal: string) => string;
    each: (text: string) => string;
    weakest: (link: string, text: string) => string;
    leastData: (link: string, text: string) => string;
  };
  /** For an older record of an audit, which has only the verdict. */
  unrecorded: { extent: string; headline: string; reach: string };
  /** For audits that several auditors signed. */
  joined: {
    by: (auditors: number) => string;
    headline: (auditors: number, headline: string) => string;
    disputed: { word: string; headline: string };
    incomplete: string;
    register: string;
    /** Where no report counts: others may have trained steps again. */
    none: string;
    all: (auditors: number) => string;
    /** In place of `holds.all` where the reports do not say what the run began with. */
    allFromUnknown: string;
    beginning: { unknown: string; unseen: string };
    /** What the auditors signed of a chain and of its data. */
    signed: (text: string) => string;
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
      audited: (link, word) => `It was built on ${link}, which was audited too: ${word}.`,
      unseen: (seal) => `It was built on another run (seal ${seal}). Nothing of the making of that run was checked.`,
      model: (files) =>
        `It begins with weights whose making nobody showed.${files === null ? '' : ` Their files, by the names that the maker gives them: ${files}.`}`,
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
    figures: {
      computed: 'The validation figure was computed again.',
      maker: 'The validation figure is the maker’s word.',
      none: 'There is no validation figure.',
    },
    lodging: {
      none: 'Not lodged: no trusted time.',
      own: 'Lodged with a key that made a run of this chain: no trusted time.',
      office:
        'Lodged with an office. How often that office answered is not shown: its register was not brought, or does not list this run.',
      register: 'Lodged with an office, and its register shows the answers.',
    },
    chain: {
      itself: 'the run itself',
      link: (name, seal) => `“${name}” (seal ${seal})`,
      makers: (keys) =>
        keys.length === 1 ? `Signed with the key ${keys[0]}.` : `Signed with the keys ${keys.join(', then ')}.`,
      unnamed: (seal) => `the run with the seal ${seal}`,
      each: (text) => `Of each run that was audited here: ${text}`,
      weakest: (link, text) => `The chain is as strong as its weakest link, ${link}: ${text}`,
      leastData: (link, text) => `Least is known of the texts of ${link}: ${text}`,
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
      none: 'What these reports say of steps that were trained again does not count.',
      all: (auditors) =>
        auditors === 1
          ? 'Every step was trained again by the one auditor, who signed that it came out the same, bit for bit.'
          : `Every step was trained again by one of the ${auditors} auditors, who signed that it came out the same, bit for bit.`,
      allFromUnknown:
        'The claim holds: these weights were made from those that the run began with by the gradient steps of this recipe on these tokens, and by nothing else.',
      beginning: {
        unknown: 'What it began with, these reports do not state.',
        unseen: 'It was built on the weights of a parent. How those were made is not a part of these reports.',
      },
      signed: (text) => `By what was signed: ${text}`,
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
      audited: (link, word) => `${link} 위에 만들어졌으며, 그 학습도 함께 검증했습니다. 결과: ${word}.`,
      unseen: (seal) =>
        `다른 학습(봉인 ${seal})의 가중치 위에 만들어졌습니다. 그 학습에 대해서는 확인한 것이 없습니다.`,
      model: (files) =>
        `아무도 만드는 과정을 보이지 않은 가중치에서 시작합니다.${files === null ? '' : ` 제작자가 붙인 이름으로 적은 파일: ${files}.`}`,
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
    figures: {
      computed: '검증 점수를 다시 계산했습니다.',
      maker: '검증 점수는 제작자가 밝힌 값이며 확인되지 않았습니다.',
      none: '검증 점수가 없습니다.',
    },
    lodging: {
      none: '접수하지 않아 믿을 수 있는 시각이 없습니다.',
      own: '이 사슬의 학습을 만든 키로 접수해 믿을 수 있는 시각이 없습니다.',
      office:
        '기관에 접수했습니다. 그 기관이 몇 번 답했는지는 알 수 없습니다. 접수 대장을 가져오지 않았거나 대장에 이 학습이 없습니다.',
      register: '기관에 접수했으며, 그 기관의 접수 대장에 답이 적혀 있습니다.',
    },
    chain: {
      itself: '이 학습 자체',
      link: (name, seal) => `“${name}”(봉인 ${seal})`,
      makers: (keys) => `서명한 키: ${keys.join(', 다음으로 ')}.`,
      unnamed: (seal) => `봉인 ${seal}의 학습`,
      each: (text) => `여기서 검증한 학습마다 다음과 같습니다. ${text}`,
      weakest: (link, text) => `사슬의 세기는 가장 약한 고리에 달려 있습니다. 가장 약한 고리: ${link}. ${text}`,
      leastData: (link, text) => `텍스트에 대해 알려진 것이 가장 적은 고리: ${link}. ${text}`,
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
      none: '이 보고서들이 다시 학습했다고 적은 스텝은 인정되지 않습니다.',
      all: (auditors) =>
        `검증자 ${auditors}명이 나누어 모든 스텝을 다시 학습했고, 비트 하나까지 같았다고 각자 서명했습니다.`,
      allFromUnknown:
        '주장이 성립합니다. 이 가중치는 학습을 시작한 가중치에서 출발하여 이 레시피의 경사 하강을 이 토큰에 적용해 만들어졌으며, 그 밖의 것은 쓰이지 않았습니다.',
      beginning: {
        unknown: '무엇에서 시작했는지는 이 보고서들에 적혀 있지 않습니다.',
        unseen:
          '부모 모델의 가중치 위에 만들어졌습니다. 그 가중치가 어떻게 만들어졌는지는 이 보고서들에 들어 있지 않습니다.',
      },
      signed: (text) => `서명된 바로는 다음과 같습니다. ${text}`,
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

/** A link, as sentences name it. The name of a run that was audited is its recipe's: a short word without spaces. */
function linkName({ name, seal }: Link, lang: Lang): string {
  const { chain } = TABLES[lang];
  if (seal === null) return chain.itself;
  return name === null ? chain.unnamed(shortOf(seal)) : chain.link(plain(name, 80), shortOf(seal));
}

/** A name that a maker gave a file. One that could be read as a part of the sentence is not shown. */
const fileName = (name: string): string => (/^[\p{L}\p{N}._+-]{1,80}$/u.test(name) ? `“${name}”` : '“…”');

/** What a run was built on, link by link; null where its weights were drawn. */
function beginningOf(standing: Standing, lang: Lang): string | null {
  const { beginning: words } = TABLES[lang];
  const [, ...parents] = linksOf(standing);
  const said = parents.map((link) => words.audited(linkName(link, lang), wordOf(link.standing, lang)));
  const end = endOf(standing);
  if (end.kind === 'run') said.push(words.unseen(shortOf(end.seal)));
  if (end.kind === 'model') {
    const shown = end.files.slice(0, MAX_FILES).map(({ name, sha256 }) => `${fileName(name)} SHA-256 ${sha256}`);
    const more = end.files.length - shown.length;
    const files = [...shown, ...(more > 0 ? [TERMS[lang].more(String(more))] : [])].join(', ');
    said.push(words.model(files || null), end.compared ? words.compared : words.notCompared);
  }
  return said.length === 0 ? null : said.join(' ');
}

/** The verdict of one link, and its extent. Only a verdict that holds needs it. */
function wordOf({ verdict, extent, chance }: Pick<Standing, 'verdict' | 'extent' | 'chance'>, lang: Lang): string {
  const table = TABLES[lang];
  return verdict === 'holds' ? `${table.words.holds} (${extentWord(table, extent, chance)})` : table.words[verdict];
}

/** How much of one link was trained again. */
function reachOf({ verdict, extent, share, chance }: Standing, lang: Lang): string {
  const table = TABLES[lang];
  const part = percent(share);
  if (share === 0) return table.none;
  if (extent === 'all') return table.all;
  if (extent === 'self') return table.self(part);
  return chance !== null && verdict === 'holds' ? table.sampled(part, percent(chance)) : table.part(part);
}

/** If the checks found a fault or did not finish, no sentence says that data were checked. */
const dataOf = ({ verdict, data }: Standing, lang: Lang): string =>
  TABLES[lang].data[verdict === 'holds' ? data : 'maker'];

/** The sentences for what an audit found of a run and of what it was built on. Those of a chain are about its weakest link. */
export function claimOf(standing: Standing, lang: Lang): Claim {
  const table = TABLES[lang];
  const { beginning, verdict } = standing;
  const holds = verdict === 'holds';
  const { extent, reach, data } = weakestOf(standing);
  const { chance } = reach.standing;
  const headline = extent === 'all' && beginning.kind !== 'drawn' ? table.allFromParent : table.holds[extent];
  return {
    word: wordOf({ verdict, extent, chance }, lang),
    headline: holds ? headline : table[verdict],
    reach: ofChain(standing, reachOf, { link: reach, of: table.chain.weakest }, lang),
    // If the checks found a fault, its word on its parent is not worth more than the rest.
    beginning: holds ? beginningOf(standing, lang) : null,
    data: holds ? ofChain(standing, dataOf, { link: data, of: table.chain.leastData }, lang) : table.data.maker,
  };
}

/** A sentence about one run, about all of a chain where it is the same for each, or about the weakest. */
function ofChain(
  standing: Standing,
  sentenceOf: (standing: Standing, lang: Lang) => string,
  weakest: { link: Link; of: (link: string, text: string) => string },
  lang: Lang,
): string {
  const links = linksOf(standing);
  const sentences = new Set(links.map((link) => sentenceOf(link.standing, lang)));
  const text = sentenceOf(weakest.link.standing, lang);
  if (links.length === 1) return text;
  return sentences.size === 1 ? TABLES[lang].chain.each(text) : weakest.of(linkName(weakest.link, lang), text);
}

/** What is said of each run of a chain. */
export interface LinkClaim {
  name: string;
  word: string;
  reach: string;
  /** Null where all was trained again, or the verdict leaves nothing to say. */
  room: string | null;
  data: string;
  /** Null where it was not recorded. */
  figures: string | null;
  lodging: string | null;
  makers: string | null;
}

/** The sentences for each run of a chain, the run itself first. */
export function linkClaims(standing: Standing, lang: Lang): LinkClaim[] {
  const { figures, lodging, chain } = TABLES[lang];
  return linksOf(standing).map((link) => {
    const { standing: of } = link;
    const isOpen = of.verdict === 'holds' && of.extent !== 'all';
    return {
      name: linkName(link, lang),
      word: wordOf(of, lang),
      reach: reachOf(of, lang),
      room: isOpen ? roomClaim(of.room ?? null, of.chance, lang) : null,
      data: dataOf(of, lang),
      figures: of.figures ? figures[of.figures] : null,
      lodging: of.lodging ? lodging[of.lodging] : null,
      makers: of.makers?.length ? chain.makers(of.makers) : null,
    };
  });
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
  /** What it began with; null where the reports do not state it, or contradict each other. */
  beginning: Beginning | null;
  /** What the reports say of the texts at best; null where they do not. */
  data: DataStanding | null;
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
export function reachOfJoined(standing: Omit<JoinedStanding, 'beginning' | 'data'>, lang: Lang): string {
  const { verdict, extent, auditors, share, chance } = standing;
  const table = TABLES[lang];
  if (auditors === 0) return table.joined.none;
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
export function joinedClaim(joint: JoinedStanding, lang: Lang): Claim {
  const { verdict, auditors, register = true } = joint;
  const table = TABLES[lang];
  const { joined } = table;
  const holds = verdict === 'holds' && register;
  if (!holds) {
    const headline = register || auditors === 0 ? joined.incomplete : joined.register;
    const none = { word: table.words.incomplete, headline };
    const said = verdict === 'disputed' ? joined.disputed : none;
    return { ...said, reach: reachOfJoined(joint, lang), beginning: null, data: joined.data };
  }
  const standing = standingOfJoined(joint);
  const { extent, reach, data } = weakestOf(standing);
  const { chance } = reach.standing;
  const words = joinedWords(lang, { extent: extent === 'all' ? 'all' : 'sampled', chance, auditors });
  const fromKnown = joint.beginning?.kind === 'drawn' ? table.holds.all : table.allFromParent;
  const all = joint.beginning === null ? joined.allFromUnknown : fromKnown;
  // `all` is all of every run of the chain. Of the runs it was built on the reports have the auditors' words too.
  const reachIn = (of: Standing): string =>
    of === standing || extent === 'all' ? reachOfJoined(joint, lang) : joined.signed(reachOf(of, lang));
  return {
    word: `${table.words.holds} (${words.extent}, ${words.by})`,
    headline: words.headline(extent === 'all' ? all : table.holds[extent]),
    reach: ofChain(standing, reachIn, { link: reach, of: table.chain.weakest }, lang),
    beginning: beginningOfJoined(joint, lang),
    data:
      joint.data === null
        ? joined.data
        : joined.signed(ofChain(standing, dataOf, { link: data, of: table.chain.leastData }, lang)),
  };
}

/** As of one audit. Data that are not stated are the maker's word. */
const standingOfJoined = ({ beginning, data, extent, share, chance }: JoinedStanding): Standing => ({
  beginning: beginning ?? { kind: 'drawn' },
  verdict: 'holds',
  extent: extent === 'all' ? 'all' : 'sampled',
  data: data ?? 'maker',
  share,
  chance,
});

function beginningOfJoined(joint: JoinedStanding, lang: Lang): string | null {
  const { joined } = TABLES[lang];
  const { beginning } = joint;
  if (beginning === null) return joined.beginning.unknown;
  if (beginning.kind === 'run' && beginning.standing === null) return joined.beginning.unseen;
  const text = beginningOf(standingOfJoined(joint), lang);
  return text === null ? null : joined.signed(text);
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
