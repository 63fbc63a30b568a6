// What can be wrong with a YAML text itself: message and hint of each fault, in both languages. The parser's own messages are English; in Korean
// each of its codes has a sentence.

import type { ErrorCode } from 'yaml';
import type { Both } from '../base/index.ts';
import type { Fault } from './value-places.ts';

type Words = readonly [message: string, hint: string];
const fault = (en: Words, ko: Words): Fault => ({ en, ko });

/** By the parser's code. */
const PROBLEMS: Record<ErrorCode, string> = {
  ALIAS_PROPS: '별칭(*)에는 다른 속성을 붙일 수 없습니다.',
  BAD_ALIAS: '별칭(*)이 잘못되었습니다.',
  BAD_COLLECTION_TYPE: '묶음이나 목록의 종류가 맞지 않습니다.',
  BAD_DIRECTIVE: '%로 시작하는 지시문이 잘못되었습니다.',
  BAD_DQ_ESCAPE: '큰따옴표 안의 \\ 표기가 잘못되었습니다.',
  BAD_INDENT: '들여쓰기가 맞지 않습니다.',
  BAD_PROP_ORDER: '앵커나 태그의 자리가 잘못되었습니다.',
  BAD_SCALAR_START: '이 문자로 시작하는 값은 따옴표로 묶어야 합니다.',
  BLOCK_AS_IMPLICIT_KEY: '한 줄에 이름과 값이 두 번 이어질 수 없습니다.',
  BLOCK_IN_FLOW: '괄호 안에는 줄을 나누어 쓰는 묶음이나 목록을 넣을 수 없습니다.',
  DUPLICATE_KEY: '같은 이름이 두 번 있습니다.',
  IMPOSSIBLE: '읽을 수 없는 글입니다.',
  KEY_OVER_1024_CHARS: '이름이 너무 깁니다.',
  MISSING_CHAR: '있어야 할 문자가 빠졌습니다.',
  MULTILINE_IMPLICIT_KEY: '이름은 한 줄로 써야 합니다.',
  MULTIPLE_ANCHORS: '앵커(&)가 두 개 이상 붙어 있습니다.',
  MULTIPLE_DOCS: 'YAML 문서가 둘 이상 들어 있습니다.',
  MULTIPLE_TAGS: '태그(!)가 두 개 이상 붙어 있습니다.',
  NON_STRING_KEY: '이름은 글이어야 합니다.',
  RESOURCE_EXHAUSTION: '너무 깊이 들어 있습니다.',
  TAB_AS_INDENT: '탭으로 들여쓸 수 없습니다.',
  TAG_RESOLVE_FAILED: '태그(!)는 쓸 수 없습니다.',
  UNEXPECTED_TOKEN: '이 자리에 올 수 없는 문자가 있습니다.',
};

const SHALLOW: Both = { en: 'write it a few sections deep', ko: '묶음을 몇 단계만 겹쳐 쓰십시오.' };
const CLOSE: Both = {
  en: 'close the bracket or quote that was opened',
  ko: '열어 둔 괄호나 따옴표를 닫으십시오.',
};
const PLAIN: Both = {
  en: 'write it as YAML: "key: value" lines, two spaces further in for each section',
  ko: 'YAML로 쓰십시오. 한 줄에 "이름: 값"을 쓰고, 묶음 안은 두 칸씩 들여씁니다.',
};
const HINTS: Partial<Record<ErrorCode, Both>> = {
  TAB_AS_INDENT: { en: 'indent with spaces', ko: '빈칸으로 들여쓰십시오.' },
  MULTIPLE_DOCS: { en: 'remove the second "---"', ko: '두 번째 "---"를 지우십시오.' },
  MISSING_CHAR: CLOSE,
  RESOURCE_EXHAUSTION: SHALLOW,
};

/** A problem that the parser found; `message` is its own, or one of ours. */
export function parserFault(code: ErrorCode, message: string, unclosed: boolean): Fault {
  const hint = unclosed ? CLOSE : (HINTS[code] ?? PLAIN);
  return fault([`not valid YAML: ${message}`, hint.en], [`올바른 YAML이 아닙니다. ${PROBLEMS[code]}`, hint.ko]);
}

export const FAULTS = {
  tooLarge: (what: Both, kib: number) =>
    fault(
      [`a ${what.en} has at most ${kib} KiB`, `name the texts as files, do not write them into the ${what.en}`],
      [`파일이 너무 큽니다(${what.ko}). 한도: ${kib}KiB`, '긴 글은 따로 파일로 두고 이름만 적으십시오.'],
    ),
  tooDeep: (name: Both) =>
    fault([`${name.en} is nested too deeply`, SHALLOW.en], [`너무 깊이 들어 있는 값입니다: ${name.ko}`, SHALLOW.ko]),
  alias: (name: Both, source: string) =>
    fault(
      [`${name.en} is an alias (*${source})`, 'write the value out; text that begins with * needs quotes'],
      [
        `별칭은 쓸 수 없습니다: ${name.ko} (*${source})`,
        '값을 그대로 쓰십시오. *로 시작하는 글은 따옴표로 묶으십시오.',
      ],
    ),
  notFinite: (name: Both, source: string) =>
    fault(
      [`${name.en} is not a finite number: ${source}`, 'write a finite number'],
      [`유한한 수가 아닙니다(${name.ko}): ${source}`, '유한한 수를 쓰십시오.'],
    ),
  unknownKind: (name: Both) =>
    fault(
      [`${name.en} has a value of an unknown kind`, 'write text, a number, true or false'],
      [`모르는 종류의 값입니다: ${name.ko}`, '글, 수, true, false 가운데 하나로 쓰십시오.'],
    ),
  aliasKey: fault(
    ['a key is an alias', 'write the key out'],
    ['이름 자리에는 별칭을 쓸 수 없습니다.', '이름을 그대로 쓰십시오.'],
  ),
  mergeKey: (name: Both) =>
    fault(
      [`merge key << in ${name.en}`, 'write the keys out: there are no merge keys'],
      [`병합 키 <<는 쓸 수 없습니다: ${name.ko}`, '이름과 값을 그대로 쓰십시오.'],
    ),
  twice: (path: string) =>
    fault([`${path} is given twice`, 'keep one of the two'], [`두 번 적은 이름입니다: ${path}`, '하나만 남기십시오.']),
  proto: (path: string) => fault([`unknown key ${path}`, 'remove it'], [`없는 이름입니다: ${path}`, '지우십시오.']),
};
