// Refusals of questions about the value chain: names that the catalogue has not.

import { type Both, refusal } from '../base/index.ts';

export const noSupplier = refusal(
  'supplier-unknown',
  (name: string, hint: Both) => [`the catalogue has no supplier "${name}"`, hint.en],
  (name, hint) => [`목록에 없는 공급사입니다: "${name}"`, hint.ko],
);

export const noCountry = refusal(
  'country-unknown',
  (name: string, hint: Both) => [`the catalogue has no country "${name}"`, hint.en],
  (name, hint) => [`목록에 없는 나라입니다: "${name}"`, hint.ko],
);

export const noMachine = refusal(
  'machine-unknown',
  (name: string, hint: Both) => [`the catalogue has no cluster and no chip "${name}"`, hint.en],
  (name, hint) => [`목록에 없는 클러스터나 칩입니다: "${name}"`, hint.ko],
);

export const noUse = refusal(
  'use-unknown',
  (id: string) => [`there is no use "${id}"`, 'name a run or a model that is served'],
  (id) => [`없는 용도입니다: "${id}"`, '학습이나 서비스하는 모델의 이름을 쓰십시오.'],
);
