// The child process that audits one submission: unpacks it, checks its recipe against the limits, then runs the audit. Opens no database.

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { answer } from '../../apart/index.ts';
import {
  type Audit,
  audit,
  auditWitness,
  type Beginning,
  evenRoom,
  type GivenRegister,
  isWitnessed,
  type Signable,
  signableOf,
  standingOf,
} from '../../audit/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { parseRecipe } from '../../foundry/index.ts';
import { readStatement } from '../../ledger/index.ts';
import { GENESIS, RECIPE, runPaths } from '../../run-folder/index.ts';
import { auditedEvidence, shownCheck, witnessFound } from '../audits/index.ts';
import type { Limits } from '../rules/index.ts';
import type { AuditCurve, AuditedWitness, AuditReach, Row } from '../state/index.ts';
import { readCurve } from './curve.ts';
import { checkRecipe, checkWitnessed } from './limits.ts';
import { registerFor } from './office-register.ts';
import { tryRead } from './try-read.ts';
import { unpackSubmission } from './unpack.ts';
import { type RunUsage, readUsage } from './usage.ts';

export interface AuditWork {
  files: string;
  digest: string;
  limits: Limits;
  /** Path of the office's register; null before it answered anything. */
  register: string | null;
}

export interface Audited extends Pick<Row<'audits'>, 'verdict' | 'checks' | 'office'> {
  maker: string | null;
  /** Of a run of our own trainer. */
  reach?: AuditReach;
  /** Of a run that another program trained. */
  witness?: AuditedWitness;
  curve?: AuditCurve;
  used?: RunUsage;
  /** What the office signs; the key stays with the parent. */
  signable?: Signable;
}

export interface AuditProgress {
  check: string;
  fraction: number;
}

interface Unpacked {
  folder: string;
  limits: Limits;
  register: GivenRegister | undefined;
}

type OnProgress = (progress: AuditProgress) => void;

/** Largest recipe in bytes, as in the audit. */
const MAX_RECIPE = 4 << 20;
/** Limit of the log, in characters. */
const MAX_DETAIL = 2000;

function reachOf(found: Audit): AuditReach {
  const { beginning, extent, data, share, chance } = standingOf(found);
  const parent = beginningReach(beginning);
  const replayed = found.replayed.filter(({ root }) => root !== null).map(({ from, to }) => ({ from, to }));
  const evidence = auditedEvidence(found.run);
  return { ...parent, extent, data, share, chance, room: evenRoom(found.room), replayed, evidence };
}

/** What it began with, for the log; nothing for drawn weights. The parent is not audited here. */
function beginningReach(beginning: Beginning): Pick<AuditReach, 'parent'> {
  if (beginning.kind === 'drawn') return {};
  return { parent: beginning.kind === 'run' ? { seal: beginning.seal } : { files: [...beginning.files] } };
}

/** Looks at the evidence alone: the office runs no training code of a maker. */
async function auditedWitness({ folder, limits, register }: Unpacked, onProgress: OnProgress): Promise<Audited> {
  const genesis = tryRead(() => readStatement(join(folder, GENESIS), 'witness-genesis'));
  if (genesis) checkWitnessed({ steps: genesis.predicate.commitment.steps }, limits);
  const found = await auditWitness({ folder, register, onProgress });
  if (found.run.parameters !== null) checkWitnessed({ parameters: found.run.parameters }, limits);
  const { maker, office, steps } = found.run;
  const curve = await readCurve(folder, steps ?? 0);
  const { verdict, ...witness } = witnessFound(found);
  const checks = found.checks.map((check) => shownCheck(check, MAX_DETAIL));
  return { verdict, maker, office, checks, witness, ...(curve && { curve }) };
}

async function auditedOwn({ folder, limits, register }: Unpacked, onProgress: OnProgress): Promise<Audited> {
  // An unreadable recipe trains nothing, so it needs no limits.
  const recipe = tryRead(() => parseRecipe(readSmallFile(runPaths(folder).recipe, MAX_RECIPE), { file: RECIPE }));
  if (recipe) checkRecipe(recipe, limits);
  const found = await audit({ folder, register, threads: Math.min(256, availableParallelism()), onProgress });
  const { maker, office } = found.run;
  const curve = await readCurve(folder, found.run.curve.at(-1)?.step ?? 0);
  const used = readUsage(folder, recipe);
  return {
    verdict: found.verdict,
    maker,
    office,
    checks: found.checks.map((check) => shownCheck(check, MAX_DETAIL)),
    reach: reachOf(found),
    signable: signableOf(found),
    ...(curve && { curve }),
    ...(used && { used }),
  };
}

answer<AuditWork, Audited, AuditProgress>(async ({ files, digest, limits, register: path }, tell) => {
  const folder = await unpackSubmission(files, digest);
  const register = path === null ? undefined : registerFor(folder, path);
  const audited = isWitnessed(folder) ? auditedWitness : auditedOwn;
  return audited({ folder, limits, register }, ({ check, fraction }) => {
    tell({ check, fraction }).catch(() => {}); // the parent is gone, and so are we
  });
});
