// Schemas of slurmrestd's answers that the commands answer in another form or not at all; see slurm-answers.ts.

import { z } from 'zod';
import { parseJson } from '../../base/index.ts';
import { type NodeGroup, optionalText, parseAnswer, partition, slurmNumber, stateList } from './slurm-answers.ts';

/** A job in the accounting, with Slurm's state. */
export interface PastJob {
  /** Element number; null for a job without elements, and for elements that never started. */
  element: number | null;
  state: string;
  exitCode: number | null;
}

/** The errors in an answer; empty if it has none, or if it is JSON of an unknown form. An answer that is not JSON is an error text. */
export function readErrors(answer: string): string {
  let value: unknown;
  try {
    value = parseJson(answer);
  } catch {
    return answer.trim().slice(0, 200) || 'slurmrestd answers nothing';
  }
  const one = z.looseObject({ description: optionalText, error: optionalText, error_number: slurmNumber });
  const found = z.looseObject({ errors: z.array(one) }).safeParse(value);
  if (!found.success) return '';
  const words = found.data.errors.map(
    ({ description, error, error_number }) =>
      [description, error].filter(Boolean).join(': ') || `error ${error_number ?? 'unknown'}`,
  );
  return [...new Set(words)].join('; ');
}

/** The data parser versions in slurmrestd's OpenAPI description. @throws JikjiError `slurm-strange-answer` */
export function readVersions(answer: string): string[] {
  const { paths } = parseAnswer(z.looseObject({ paths: z.record(z.string(), z.unknown()) }), '/openapi/v3', answer);
  const versions = Object.keys(paths).flatMap((path) => /^\/slurm\/(v\d+\.\d+\.\d+)\//.exec(path)?.[1] ?? []);
  return [...new Set(versions)].sort();
}

/** The number of the submitted job. @throws JikjiError `slurm-strange-answer` */
export const readNumber = (answer: string, from: string): string =>
  `${parseAnswer(z.looseObject({ job_id: z.int().positive() }), from, answer).job_id}`;

/** A job or its elements in the accounting, in the order of their runs; each requeue adds a row. */
export function readPast(answer: string, from: string): PastJob[] {
  const one = z.looseObject({
    array: z.looseObject({ task_id: slurmNumber }).nullish().catch(null),
    state: z.looseObject({ current: stateList }),
    exit_code: z.looseObject({ return_code: slurmNumber }).nullish().catch(null),
  });
  return parseAnswer(z.looseObject({ jobs: z.array(one) }), from, answer).jobs.flatMap(
    ({ array, state, exit_code }) => {
      const [word] = state.current;
      if (word === undefined) return [];
      return [{ element: array?.task_id ?? null, state: word, exitCode: exit_code?.return_code ?? null }];
    },
  );
}

/** The names in a list of an answer. @throws JikjiError `slurm-strange-answer` */
export const readNames = (answer: string, list: 'qos' | 'reservations'): string[] =>
  parseAnswer(z.looseObject({ [list]: z.array(z.looseObject({ name: z.string() })) }), `${list}/`, answer)[list]!.map(
    ({ name }) => name,
  );

const node = z.looseObject({
  name: z.string(),
  state: stateList,
  cpus: z.number(),
  alloc_cpus: z.number().catch(0),
  real_memory: z.number().catch(0),
  reason: optionalText,
  partitions: z.array(z.string()).nullish(),
});
type Node = z.output<typeof node>;

/** Whether the node takes no new work. */
const isClosed = ({ state }: Node): boolean => state.some((word) => /^(DOWN|DRAIN|ERROR|FAIL|UNKNOWN)/.test(word));

/** Node groups, joined as by `sinfo`. @throws JikjiError `slurm-strange-answer` */
export function readPartitions(partitions: string, nodes: string): NodeGroup[] {
  const all = parseAnswer(z.looseObject({ nodes: z.array(node) }), 'nodes/', nodes).nodes;
  return parseAnswer(z.looseObject({ partitions: z.array(partition) }), 'partitions/', partitions).partitions.flatMap(
    (found) => {
      const groups = new Map<string, Node[]>();
      for (const one of all.filter(({ partitions: of }) => of?.includes(found.name))) {
        const key = JSON.stringify([one.state, one.reason]);
        groups.set(key, [...(groups.get(key) ?? []), one]);
      }
      return [...groups.values()].map((group) => {
        const sum = (of: (one: Node) => number) => group.reduce((total, one) => total + of(one), 0);
        return {
          node: { state: group[0]!.state },
          nodes: { total: group.length, nodes: group.map(({ name }) => name) },
          cpus: {
            maximum: Math.max(...group.map(({ cpus }) => cpus)),
            total: sum(({ cpus }) => cpus),
            allocated: sum(({ alloc_cpus }) => alloc_cpus),
            idle: sum((one) => (isClosed(one) ? 0 : one.cpus - one.alloc_cpus)),
          },
          memory: { maximum: Math.max(...group.map(({ real_memory }) => real_memory)) },
          reason: { description: group[0]!.reason },
          partition: found,
        };
      });
    },
  );
}
