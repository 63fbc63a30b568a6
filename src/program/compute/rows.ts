// Allotments and usages of the programme's tables.

import type { Allotment, Usage } from '../../reliance/index.ts';
import type { Row, Tables } from '../state/index.ts';

export const allotmentsOf = (tables: Tables): Allotment[] =>
  [...tables.all('allotments')].map(({ id, consortium, cluster, from, to, deviceHours }) => ({
    id: String(id),
    consortium: String(consortium),
    cluster: String(cluster),
    from: String(from),
    to: String(to),
    deviceHours: Number(deviceHours),
  }));

/** Those that `seen` lets through. */
export const usagesOf = (tables: Tables, seen: (usage: Row<'usages'>) => boolean): Usage[] =>
  [...tables.all('usages')]
    .filter(seen)
    .map(({ id, consortium, cluster, from, to, deviceHours, word, submission }) => ({
      id: String(id),
      consortium: String(consortium),
      cluster: cluster as string | null,
      from: String(from),
      to: String(to),
      deviceHours: Number(deviceHours),
      word: word as Usage['word'],
      submission: submission as string | null,
    }));
