// Refusals of a cluster that no catalogue has, or of which it does not say how it is reached.

import { type Both, refusal } from '../../base/index.ts';

export const noCluster = refusal(
  'cluster-unknown',
  (hint: Both) => ['no catalogue has a cluster of this name', hint.en],
  (hint) => ['목록에 없는 클러스터입니다.', hint.ko],
);

export const notReached = refusal(
  'cluster-not-reached',
  [
    'the catalogue does not say how this cluster is reached',
    "the cluster's key reached in the catalogue says it; on its login node use --on slurm",
  ],
  [
    '이 클러스터에 접속하는 방법이 목록에 없습니다.',
    '목록에서 이 클러스터의 “reached”에 적으십시오. 로그인 노드에서는 “--on slurm”을 쓰십시오.',
  ],
);
