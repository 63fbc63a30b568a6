// What can be wrong with a value of a YAML file by its schema: message and hint of each fault, in both languages. Korean hangs no particle on a
// value: values stand in brackets or after a colon.

import type { Both } from '../base/index.ts';
import type { Fault } from './value-places.ts';

type Words = readonly [message: string, hint: string];
const fault = (en: Words, ko: Words): Fault => ({ en, ko });

const NEAREST = '가장 비슷한 이름은 다음과 같습니다';

export const FAULTS = {
  missing: (name: Both, hint: Both) =>
    fault([`${name.en} is missing`, hint.en], [`빠진 값입니다: ${name.ko}`, hint.ko]),
  oddKey: (name: Both, why: Both) =>
    fault(
      [`the key ${name.en} ${why.en}`, 'choose another name'],
      [`쓸 수 없는 이름입니다: ${name.ko}. ${why.ko}`, '다른 이름을 쓰십시오.'],
    ),
  otherType: (name: Both, wanted: Both, found: Both) =>
    fault(
      [`${name.en} must be ${wanted.en}, not ${found.en}`, `write ${wanted.en}`],
      [`형식이 다른 값입니다: ${name.ko} (${found.ko})`, `필요한 형식은 다음과 같습니다: ${wanted.ko}`],
    ),
  unquoted: (name: Both, wanted: Both, found: Both, value: string) =>
    fault(
      [`${name.en} must be ${wanted.en}, not ${found.en}`, `put it in quotes: "${value}"`],
      [`글이어야 하는 값입니다: ${name.ko} (${found.ko})`, `따옴표로 묶으십시오: "${value}"`],
    ),
  otherValue: (name: Both, found: Both, hint: Both) =>
    fault([`${name.en} is ${found.en}`, hint.en], [`쓸 수 없는 값입니다: ${name.ko} (${found.ko})`, hint.ko]),
  otherForm: (name: Both, found: Both, why: Both, hint: Both) =>
    fault([`${name.en} (${found.en}) ${why.en}`, hint.en], [`${name.ko} (${found.ko}): ${why.ko}`, hint.ko]),
  items: (name: Both, count: number, hint: Both) =>
    fault(
      [`${name.en} has ${count} items`, hint.en],
      [`목록의 길이가 맞지 않습니다: ${name.ko} (${count}개)`, hint.ko],
    ),
  tooShort: (name: Both, limit: number) =>
    fault(
      [`${name.en} is too short`, `at least ${limit} characters are needed`],
      [`너무 짧은 글입니다: ${name.ko}`, `${limit}자 이상이어야 합니다.`],
    ),
  tooLong: (name: Both, limit: number) =>
    fault(
      [`${name.en} is too long`, `at most ${limit} characters are allowed`],
      [`너무 긴 글입니다: ${name.ko}`, `${limit}자 이하여야 합니다.`],
    ),
  noBranch: (name: Both, found: Both, hint: Both) =>
    fault([`${name.en} cannot be ${found.en}`, hint.en], [`쓸 수 없는 값입니다: ${name.ko} (${found.ko})`, hint.ko]),
  unknownKey: (path: string, hint: Both) =>
    fault([`unknown key ${path}`, hint.en], [`없는 이름입니다: ${path}`, hint.ko]),
};

export const HINTS = {
  write: (wanted: Both): Both => ({ en: `write it: ${wanted.en}`, ko: `다음 형식으로 쓰십시오: ${wanted.ko}` }),
  oneOf: (values: string): Both => ({ en: `it is one of ${values}`, ko: `다음 가운데 하나여야 합니다: ${values}` }),
  nearOneOf: (near: string, values: string): Both => ({
    en: `did you mean ${near}? it is one of ${values}`,
    ko: `가장 비슷한 값은 다음과 같습니다: ${near}. 다음 가운데 하나여야 합니다: ${values}`,
  }),
  nearValue: (near: string): Both => ({ en: `did you mean ${near}?`, ko: `가장 비슷한 값은 다음과 같습니다: ${near}` }),
  near: (name: string): Both => ({ en: `did you mean ${name}?`, ko: `${NEAREST}: ${name}` }),
  elsewhere: (names: readonly string[]): Both => ({
    en: `did you mean ${names.join(' or ')}?`,
    ko: `다른 곳에 있는 이름입니다: ${names.join(', ')}`,
  }),
  takes: (name: Both, keys: string): Both => ({
    en: `${name.en} takes ${keys}`,
    ko: `여기에 쓸 수 있는 이름은 다음과 같습니다(${name.ko}): ${keys}`,
  }),
  must: (words: Both): Both => ({ en: `it must be ${words.en}`, ko: `필요한 형식은 다음과 같습니다: ${words.ko}` }),
  atLeastOne: { en: 'write at least one', ko: '하나 이상 쓰십시오.' },
  atLeastItems: (limit: number): Both => ({ en: `at least ${limit} are needed`, ko: `${limit}개 이상이어야 합니다.` }),
  atMostItems: (limit: number): Both => ({ en: `at most ${limit} are allowed`, ko: `${limit}개 이하여야 합니다.` }),
  above: (limit: number): Both => ({ en: `it must be above ${limit}`, ko: `${limit}보다 커야 합니다.` }),
  atLeast: (limit: number): Both => ({ en: `it must be at least ${limit}`, ko: `${limit} 이상이어야 합니다.` }),
  below: (limit: number): Both => ({ en: `it must be below ${limit}`, ko: `${limit}보다 작아야 합니다.` }),
  atMost: (limit: number): Both => ({ en: `it must be at most ${limit}`, ko: `${limit} 이하여야 합니다.` }),
  another: { en: 'choose another value', ko: '다른 값을 쓰십시오.' },
  either: (choices: Both): Both => ({ en: `it is ${choices.en}`, ko: `다음 가운데 하나로 쓰십시오: ${choices.ko}` }),
  differently: { en: 'it is written differently', ko: '다른 형식으로 쓰십시오.' },
};
