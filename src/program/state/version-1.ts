// The rows that a backup of version 1 holds beside the log: the state after its entries, in the tables of that version.

import type { Json } from '../../ledger/index.ts';
import type { Entry } from '../log/index.ts';
import type { AuditCurve } from './audits.ts';
import { State } from './fold.ts';
import { KEYS, ROW, type TableName } from './rows.ts';

/** A state that also keeps what rows of version 1 need. */
export class StateOfVersion1 extends State {
  readonly #curves = new Map<string, AuditCurve>();

  override take(entry: Entry): void {
    super.take(entry);
    if (entry.kind !== 'submission-audited') return;
    const { submission, curve } = entry.data as unknown as { submission: string; curve?: AuditCurve };
    if (curve) this.#curves.set(submission, curve);
  }

  *rows(): Generator<{ table: string; key: string; row: Json }> {
    for (const name of Object.keys(ROW) as TableName[]) {
      const column = KEYS[name] ?? 'id';
      for (const one of this.tables.all(name)) {
        const row = one as unknown as { [column: string]: Json };
        const key = String(row[column]);
        // In version 1 clusters of submissions and reaches of audits had separate tables, and applications had fewer columns.
        const { cluster, reach, ...rest } = row;
        if (name === 'applications') yield { table: name, key, row: applicationOfVersion1(row) };
        else yield { table: name, key, row: name === 'submissions' || name === 'audits' ? rest : row };
        if (name === 'submissions' && cluster !== null)
          yield { table: 'placements', key, row: { submission: key, cluster: cluster! } };
        if (name === 'audits' && reach !== null)
          yield { table: 'auditReaches', key, row: { submission: key, ...(reach as object) } };
      }
    }
    // If a step occurs twice, the last one counts.
    for (const [submission, { step, loss, gradNorm, learningRate }] of this.#curves)
      for (const [at, i] of new Map(step.map((at, i) => [at, i]))) {
        const values = { loss: loss[i] ?? null, gradNorm: gradNorm[i] ?? null, learningRate: learningRate[i] ?? null };
        yield { table: 'runSteps', key: `${submission} ${at}`, row: { submission, step: at, ...values } };
      }
  }
}

const applicationOfVersion1 = ({
  receivedSeq: _,
  late: __,
  files: ___,
  consortium: ____,
  ...row
}: {
  [column: string]: Json;
}): Json => row;
