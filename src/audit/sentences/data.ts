// What the check `data` says, in both languages: texts, their split, the auditor's sources. Text only.

import { count, type Sentence, type Sentences } from '../../base/index.ts';

export const DATA = {
  noFolder: (folder: string, code: string) => ({
    en: `cannot be checked: no folder can be made in ${folder} (${code})`,
    ko: `임시 폴더를 만들 수 없어 점검할 수 없습니다. 위치: ${folder}, 시스템 오류: ${code}`,
  }),
  heldOut: (share: string, wanted: string) => ({
    en: `${share} of the text is held out; the recipe asks for ${wanted}.`,
    ko: `검증용으로 떼어 둔 텍스트의 비율은 ${share}, 레시피가 정한 비율은 ${wanted}입니다.`,
  }),
  whole: (documents: number) => ({
    en: `${count(documents)} documents: split, duplicates and counts again`,
    ko: `문서 ${count(documents)}건의 나눔, 중복, 수를 다시 확인했습니다.`,
  }),
  wholeWithSources: (documents: number, compared: number, sources: number) => ({
    en: `${count(documents)} documents: split, duplicates and counts again, ${compared} of ${sources} sources compared`,
    ko: `문서 ${count(documents)}건의 나눔, 중복, 수를 다시 확인했고, 출처 ${sources}개 가운데 ${compared}개를 대조했습니다.`,
  }),
  word: (sources: string) => ({
    en: `The maker's word: that the texts come from ${sources}, and what was left out of them.`,
    ko: `텍스트의 출처와 거기서 무엇을 뺐는지는 제작자가 밝힌 것이며 확인되지 않았습니다. 출처: ${sources}`,
  }),
  altered: {
    en: 'The maker can alter texts until their digests put them in the split he wants: the check does not show that.',
    ko: '제작자는 텍스트를 조금씩 바꾸어 해시값이 원하는 쪽에 들게 할 수 있으며, 이 점검으로는 드러나지 않습니다.',
  },
  notIndependent: {
    en: 'A pinned package is public, not independent: the maker may have published it himself.',
    ko: '고정된 패키지는 공개된 것일 뿐 독립된 것은 아닙니다. 제작자가 직접 올렸을 수도 있습니다.',
  },
  licences: {
    en: "Licences and languages are what the recipe names: the maker's word.",
    ko: '라이선스와 언어는 레시피에 적힌 대로이며, 제작자가 밝힌 것일 뿐 확인되지 않았습니다.',
  },
  longer: (source: number) => ({
    en: `Source ${source}: its slices are longer than its texts alone would make them. The texts that the maker says he dropped allow that; longer slices can hold out less.`,
    ko: `출처 ${source}의 조각이 텍스트만으로 정해지는 길이보다 깁니다. 제작자가 뺐다고 밝힌 텍스트가 있으면 그럴 수 있으며, 조각이 길면 떼어 두는 양이 줄어들 수 있습니다.`,
  }),
  otherCounts: (documents: number, bytes: number, stated: { documents: number; bytes: number }) => ({
    en: `has ${documents} documents of ${bytes} bytes, the manifest ${stated.documents} of ${stated.bytes}`,
    ko: `문서가 ${documents}건, ${bytes}바이트로, 말뭉치 목록의 ${stated.documents}건, ${stated.bytes}바이트와 다릅니다.`,
  }),
  repeated: (documents: number) => ({
    en: `${documents} of its documents came before, here or in another file`,
    ko: `문서 ${documents}건이 이 파일이나 다른 파일의 앞선 문서와 같습니다.`,
  }),
  misplacedDocuments: (documents: number) => ({
    en: `${documents} of its documents belong on the other side by their digests`,
    ko: `해시값에 따르면 문서 ${documents}건이 반대쪽에 있어야 합니다.`,
  }),
  misplacedSlices: (slices: number) => ({
    en: `${slices} of its slices belong on the other side by their digests`,
    ko: `해시값에 따르면 조각 ${slices}개가 반대쪽에 있어야 합니다.`,
  }),
  files: (found: number, stated: number) => ({
    en: `names ${found} files, the manifest ${stated}`,
    ko: `파일이 ${found}개 적혀 있어, 말뭉치 목록의 ${stated}개와 다릅니다.`,
  }),
  notEntry: (line: number) => ({
    en: `line ${line} is not {"path", "bytes", "sha256"} in its one spelling`,
    ko: `${line}번째 줄이 {"path", "bytes", "sha256"}의 정해진 형식이 아닙니다.`,
  }),
} satisfies Sentences;

export const RECORDS = {
  tooLong: (line: number) => ({
    en: `line ${line} is longer than any record`,
    ko: `${line}번째 줄이 기록이 가질 수 있는 길이보다 깁니다.`,
  }),
  noEnd: (line: number) => ({ en: `line ${line} has no end`, ko: `${line}번째 줄이 끝나지 않았습니다.` }),
  notRecord: (line: number) => ({
    en: `line ${line} is not {"text": ...} in its one spelling`,
    ko: `${line}번째 줄이 {"text": ...}의 정해진 형식이 아닙니다.`,
  }),
  notUnicode: (line: number) => ({
    en: `the text of line ${line} is not Unicode`,
    ko: `${line}번째 줄의 텍스트가 올바른 유니코드가 아닙니다.`,
  }),
  blank: (line: number) => ({
    en: `the text of line ${line} is blank`,
    ko: `${line}번째 줄의 텍스트가 비어 있습니다.`,
  }),
  notNfc: (line: number) => ({
    en: `the text of line ${line} is not in NFC`,
    ko: `${line}번째 줄의 텍스트가 NFC가 아닙니다.`,
  }),
  longDocument: (line: number) => ({
    en: `the text of line ${line} is longer than a document can be`,
    ko: `${line}번째 줄의 텍스트가 문서가 가질 수 있는 길이보다 깁니다.`,
  }),
} satisfies Sentences;

export const SPLIT = {
  ofConversations: {
    en: 'has slices of conversations, which stay whole',
    ko: '나누지 않아야 할 대화를 조각으로 나누었습니다.',
  },
  wholeDocuments: {
    en: 'holds out whole documents, which misses the share: slices of them should be held out',
    ko: '문서를 통째로 떼어 두어 정해진 비율에 맞지 않습니다. 조각을 떼어 두어야 합니다.',
  },
  needless: {
    en: 'has slices, though nothing is to be held out',
    ko: '떼어 둘 것이 없는데 조각으로 나누었습니다.',
  },
  mixed: {
    en: 'has slices in some sources and whole documents in others',
    ko: '어떤 출처는 조각으로 나누고 어떤 출처는 문서를 통째로 두었습니다.',
  },
  shorter: (source: number, bytes: number, rule: number) => ({
    en: `source ${source}: its slices are shorter than the rule makes them: ${bytes} bytes, not ${rule}`,
    ko: `출처 ${source}의 조각이 규칙보다 짧습니다. 조각은 ${bytes}바이트, 규칙은 ${rule}바이트입니다.`,
  }),
  longer: (source: number, bytes: number, rule: number) => ({
    en: `source ${source}: its slices are longer than the rule makes them: ${bytes} bytes, not ${rule}`,
    ko: `출처 ${source}의 조각이 규칙보다 깁니다. 조각은 ${bytes}바이트, 규칙은 ${rule}바이트입니다.`,
  }),
} satisfies Sentences;

/** In what a source, built again, differs from the manifest. */
const DIFFERENCES = {
  origin: { en: 'the files it came from', ko: '출처 파일' },
  counts: { en: 'documents read and dropped', ko: '읽은 문서와 뺀 문서의 수' },
  cuts: { en: 'cuts', ko: '자른 횟수' },
  bytes: { en: 'bytes of text', ko: '텍스트의 바이트 수' },
  files: { en: 'its texts', ko: '텍스트' },
  slice: { en: 'lengths of slices', ko: '조각의 길이' },
};
export type Difference = keyof typeof DIFFERENCES;

export const SOURCES = {
  /** Of a source; `gives something else` is the reason that the list of sources has too. */
  otherTexts: (source: number, name: string, difference: Difference) => ({
    en: `source ${source} (${name}) gives something else: ${DIFFERENCES[difference].en}`,
    ko: `출처 ${source}에서 다시 만든 것이 다릅니다. 다른 것은 ${DIFFERENCES[difference].ko}입니다. 출처: ${name}`,
  }),
  notBuilt: ({ en, ko }: Sentence) => ({
    en: `the corpus could not be built again: ${en}`,
    ko: ko && `말뭉치를 다시 만들지 못했습니다. ${ko}`,
  }),
  noCorpus: (source: number, name: string, why: Sentence, input: string) => ({
    en: `source ${source} (${name}) gives no corpus: ${why.en} (${input})`,
    ko: why.ko && `출처 ${source}(${name})에서 말뭉치를 만들지 못했습니다. ${why.ko} (${input})`,
  }),
  conversation: (kind: 'conversation' | 'pair', line: number, fault: Sentence) => ({
    en: `the ${kind} of line ${line}: ${fault.en}`,
    ko: fault.ko && `${line}번째 줄의 ${kind === 'pair' ? '답변 쌍' : '대화'}: ${fault.ko}`,
  }),
  otherRoot: {
    en: 'the sources give another corpus root',
    ko: '출처에서 다시 만든 말뭉치의 루트가 다릅니다.',
  },
} satisfies Sentences;

/** The word of a difference for the reason in the list of sources, which is English. */
export const differenceWord = (difference: Difference): string => DIFFERENCES[difference].en;
