// The process that audits one submission: unpacks it, holds its recipe against the limits, then runs the audit room's own audit.
// Opens no database.

import { availableParallelism } from 'node:os';
import { answer } from '../../apart/index.ts';
import { type Audit, audit, evenRoom, isKnown, type Signable, standingOf } from '../../audit/index.ts';
import { JikjiError } from '../../base/index.ts';
import { readSmallFile } from '../../formats/index.ts';
import { parseRecipe, type Recipe } from '../../foundry/index.ts';
import { RECIPE, runPaths } from '../../run-folder/index.ts';
import type { Limits } from '../rules/index.ts';
import type { AuditReach } from '../state/index.ts';
import { type Curve, curveOf } from './curve.ts';
import { checkRecipe } from './limits.ts';
import { registerFor } from './registered.ts';
import { unpacked } from './unpack.ts';
import { type Used, usedIn } from './usage.ts';

export interface AuditWork {
  files: string;
  digest: string;
  limits: Limits;
  /** Path of the office's register; null before it answered anything. */
  register: string | null;
}

export interface Audited {
  verdict: 'holds' | 'refuted' | 'incomplete';
  maker: string | null;
  office: string | null;
  checks: { name: string; verdict: string; detail: string }[];
  reach: AuditReach;
  curve?: Curve;
  used?: Used;
  /** What the office signs; the key stays with the parent. */
  signable: Signable;
}

export interface AuditProgress {
  check: string;
  fraction: number;
}

/** Largest recipe that is read, as in the audit. */
const MOST_RECIPE = 4 << 20;
/** Roots that go into the log: 64 letters each. */
const MOST_ROOTS = 4096;
/** What the log takes. */
const MOST_DETAIL = 2000;

/** A recipe that cannot be read trains nothing: the audit says what is wrong with it. */
function recipeOf(folder: string): Recipe | undefined {
  try {
    return parseRecipe(readSmallFile(runPaths(folder).recipe, MOST_RECIPE), { file: RECIPE });
  } catch (error) {
    if (error instanceof JikjiError) return undefined;
    throw error;
  }
}

/** What was checked, then what was found and what is to be known of it, each on a line of its own as long as there is room. */
function detailOf({ detail, findings, notes }: Awaited<ReturnType<typeof audit>>['checks'][number]): string {
  const lines = findings.map(({ file, step, tensor, text }) => {
    const where = [file, step === undefined ? '' : `step ${step}`, tensor ?? ''].filter(Boolean).join(', ');
    return `${where}: ${text}`;
  });
  const text = [detail, ...lines, ...notes].join('\n').replace(/\0/g, '').toWellFormed();
  return text.length <= MOST_DETAIL ? text : `${text.slice(0, MOST_DETAIL - 1).toWellFormed()}…`;
}

function reachOf(found: Audit): AuditReach {
  const { extent, data, share, chance } = standingOf(found);
  const { genesis, seal, head, segments, roots } = found.run;
  return {
    extent,
    data,
    share,
    chance,
    room: evenRoom(found.room),
    replayed: found.replayed.filter(({ root }) => root !== null).map(({ from, to }) => ({ from, to })),
    evidence:
      genesis !== null && seal !== null && head !== null && segments.length > 0
        ? {
            genesis,
            seal,
            head,
            kept: segments.map(({ to }) => to),
            ...(roots.length > 0 && roots.length <= MOST_ROOTS ? { roots } : {}),
          }
        : null,
  };
}

/** As it crosses to the parent: JSON has no NaN, and a movement that is not known is left out of what is signed. */
function signableOf({ verdict, extent, replayed, movements, detection, checks, run }: Audit): Signable {
  const { name, genesis, seal, maker, head, segments } = run;
  return {
    verdict,
    extent,
    replayed,
    detection,
    movements: movements.filter(isKnown),
    checks: checks.map((check) => ({ name: check.name, verdict: check.verdict })),
    run: { name, genesis, seal, maker, head, segments },
  };
}

answer<AuditWork, Audited, AuditProgress>(async ({ files, digest, limits, register }, tell) => {
  const folder = await unpacked(files, digest);
  const recipe = recipeOf(folder);
  if (recipe) checkRecipe(recipe, limits);
  const found = await audit({
    folder,
    register: register === null ? undefined : registerFor(folder, register),
    threads: Math.min(256, availableParallelism()),
    onProgress: ({ check, fraction }) => void tell({ check, fraction }).catch(() => {}), // the parent is gone, and so are we
  });
  const { maker, office, curve } = found.run;
  const steps = curve.at(-1)?.step ?? 0;
  const shown = await curveOf(folder, steps);
  const used = usedIn(folder, recipe);
  return {
    verdict: found.verdict,
    maker,
    office,
    checks: found.checks.map((check) => ({ name: check.name, verdict: check.verdict, detail: detailOf(check) })),
    reach: reachOf(found),
    signable: signableOf(found),
    ...(shown ? { curve: shown } : {}),
    ...(used ? { used } : {}),
  };
});
