// A folder of toy runs for the tests of one file, their maker, and audits of them.

import { join } from 'node:path';
import { temporaryFolder } from '../../../base/testing/temporary-folder.ts';
import { key } from '../../../ledger/testing/register.ts';
import { auditWitness, type WitnessAuditOptions } from '../audit.ts';
import type { WitnessAudit, WitnessCheckName } from '../types.ts';
import { type Mode, toyAuditor } from './toy-auditor.ts';
import { type ToyOptions, type ToyRun, writeToyRun } from './toy-run.ts';

export function toyBench() {
  const work = temporaryFolder();
  const maker = key();
  let runs = 0;
  const make = (options: Partial<ToyOptions> = {}): ToyRun =>
    writeToyRun(join(work, `run-${runs++}`), { maker, ...options });
  const replayer = toyAuditor(work);
  /** `mode` is how the auditor's Python behaves; without one he has none. */
  const audited = (
    of: ToyRun | Partial<ToyOptions>,
    { mode, ...options }: Partial<WitnessAuditOptions> & { mode?: Mode } = {},
  ) =>
    auditWitness({
      folder: 'folder' in of ? of.folder : make(of).folder,
      maker: maker.fingerprint,
      ...(mode && { replayer: replayer(mode) }),
      ...options,
    });
  return { work, maker, office: key(), replayer, make, audited };
}

/** Findings of one check or of all, each with its check and step. */
export const faults = (found: WitnessAudit, of?: WitnessCheckName): string[] =>
  found.checks
    .filter(({ name }) => of === undefined || name === of)
    .flatMap(({ name, findings }) =>
      findings.map(({ verdict, step, text }) => `${name} ${verdict}${step === undefined ? '' : ` ${step}`}: ${text}`),
    );

export const checkOf = (found: WitnessAudit, of: WitnessCheckName) => found.checks.find(({ name }) => name === of)!;
