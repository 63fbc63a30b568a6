// What can be wrong with entries of a catalogue: message and hint of each fault, in both languages. Names of keys are as the file has them.

import type { Both } from '../../base/index.ts';
import type { Fault } from '../../formats/index.ts';

type Words = readonly [message: string, hint: string];
const fault = (en: Words, ko: Words): Fault => ({ en, ko });

const MAX_NAMED = 8;
const listOf = (names: readonly string[]): string => names.slice(0, MAX_NAMED).join(', ');

/** The hint for an unknown name: names that there are. */
export const knownNames = (what: Both, names: readonly string[]): Both =>
  names.length > 0
    ? { en: `there are: ${listOf(names)}`, ko: `다음 가운데에서 고르십시오: ${listOf(names)}` }
    : { en: `the catalogue has no ${what.en}`, ko: `목록에 하나도 없습니다: ${what.ko}` };

const ADDRESS: Words = [
  'this is not an address of a slurmrestd that a catalogue may name',
  'write unix:/path/to/socket, or https://host:port, without secrets',
];

export const FAULTS = {
  unknown: (what: Both, name: string, hint: Both) =>
    fault([`there is no ${what.en} "${name}"`, hint.en], [`없는 이름입니다(${what.ko}): "${name}"`, hint.ko]),
  otherKind: (name: string, found: Both, wanted: Both, names: readonly string[]) =>
    fault(
      [
        `"${name}" is a ${found.en}, not a ${wanted.en}`,
        `name a ${wanted.en}${names.length > 0 ? `: ${listOf(names)}` : ''}`,
      ],
      [
        `종류가 다른 이름입니다: "${name}". 종류: ${found.ko}, 필요한 종류: ${wanted.ko}`,
        `${names.length > 0 ? `다음 가운데에서 고르십시오: ${listOf(names)}` : '필요한 종류의 이름을 쓰십시오.'}`,
      ],
    ),
  listedTwice: (name: string) =>
    fault(
      [`"${name}" is listed twice`, 'keep one of the two'],
      [`두 번 적은 이름입니다: "${name}"`, '하나만 남기십시오.'],
    ),
  definedTwice: (what: Both, name: string) =>
    fault(
      [`${what.en} "${name}" is defined twice`, 'give one of them another name, or remove it'],
      [`두 번 정의한 이름입니다(${what.ko}): "${name}"`, '하나의 이름을 바꾸거나 지우십시오.'],
    ),
  couldBelowShare: (name: string, share: number, could: number) =>
    fault(
      [`"${name}" has share ${share}, and could ${could}`, 'could is at least share'],
      [`could가 share보다 작습니다: "${name}". share: ${share}, could: ${could}`, 'could를 share 이상으로 쓰십시오.'],
    ),
  shares: (sum: number) =>
    fault(
      [
        `shares add up to ${sum}`,
        'the sum must be 1; if a rest is not known, name a component without a supplier, or leave out a share',
      ],
      [
        `share의 합이 1이 아닙니다: ${sum}`,
        '합을 1로 맞추십시오. 나머지를 모르면 공급사가 없는 구성 요소를 적거나, share를 하나 빼십시오.',
      ],
    ),
  ring: (name: string, ring: readonly string[]) =>
    fault(
      [`"${name}" needs itself: ${ring.join(' needs ')}`, 'remove one of these needs'],
      [
        `돌고 돌아 자기 자신을 필요로 하는 구성 요소입니다: "${name}" (${ring.join(' → ')})`,
        '이 가운데 하나의 관계를 지우십시오.',
      ],
    ),
  address: fault(ADDRESS, [
    '목록에 적을 수 있는 slurmrestd 주소가 아닙니다.',
    'unix:/소켓/경로 또는 https://호스트:포트 형식으로, 비밀 정보 없이 쓰십시오.',
  ]),
  servingData: fault(
    ['serving needs no data', 'remove it'],
    ['서비스(serving)에는 데이터를 적지 않습니다.', '지우십시오.'],
  ),
  cardTwice: fault(
    ['two chip cards have this name', 'give one of them another name'],
    ['칩 카드 두 개의 이름이 같습니다.', '하나의 이름을 바꾸십시오.'],
  ),
  cardOfOther: (device: string, chip: string, other: string) =>
    fault(
      [`was measured on "${device}", which is not ${chip} but ${other}`, 'write it under cards of that chip'],
      [`"${device}"에서 잰 카드로, ${chip} 칩이 아니라 ${other} 칩의 것입니다.`, '그 칩의 cards에 적으십시오.'],
    ),
  cardUnnamed: fault(
    ['no chip names this card', 'write it under cards of its chip'],
    ['이 칩 카드를 적은 칩이 없습니다.', '해당 칩의 cards에 적으십시오.'],
  ),
};

const both = (en: string, ko: string): Both => ({ en, ko });

/** What entries are, by the kind that a need names. */
const KINDS: Record<string, Both> = {
  compute: both('cluster', '클러스터'),
  'data-center': both('site', '데이터센터'),
  chip: both('chip', '칩'),
  memory: both('memory', '메모리'),
  server: both('server', '서버'),
  cloud: both('cloud', '클라우드'),
  software: both('software', '소프트웨어'),
  data: both('data', '데이터'),
  weights: both('weights', '가중치'),
};
export const kindOf = (of: string): Both => KINDS[of] ?? both(of, of);

export const THINGS = {
  source: both('source', '출처'),
  chipCard: both('chip card', '칩 카드'),
  supplier: both('supplier', '공급사'),
  theCatalogue: both('the catalogue', '목록'),
  theSupplier: both('the supplier', '공급사'),
  theComponent: both('the component', '구성 요소'),
  theName: both('the name', '이름'),
  theUse: both('the use', '용도'),
};
