// What a run was built on: its parent, the parent's parent and so on. Each link is a digest that the child's maker signed; a parent that
// the auditor brings is audited too. No chain of seals can be a loop: a genesis names the digest of a seal that was there before it.

import { join } from 'node:path';
import { weightsDigest } from '../foundry/index.ts';
import { openModel } from '../foundry/load/index.ts';
import { kindOf, parentOf, readStatementText, sha256Hex } from '../ledger/index.ts';
import { SEAL } from '../run-folder/index.ts';
import { Findings } from './findings.ts';
import { PARENT } from './sentences/origin.ts';
import type { RunStatements } from './statements.ts';
import type { Evidence } from './structure.ts';
import type { Audit, Check } from './types.ts';

/** Runs in a chain that an audit follows. */
const MAX_LINKS = 16;

export interface Chain {
  /** Undefined where there is no parent, or none of those that the auditor brings is it. */
  check: Check | undefined;
  parent: Audit['parent'];
}

/** The digest of the seal in a folder; undefined where there is none. */
function sealOf(folder: string): string | undefined {
  try {
    const text = readStatementText(join(folder, SEAL));
    return kindOf(text) === 'seal' ? sha256Hex(text) : undefined;
  } catch {
    return undefined;
  }
}

/** The paths that an auditor brought, and that nothing in the chain was built on. */
export function unusedParents({ parent }: Pick<Audit, 'parent'>, parents: readonly string[]): string[] {
  const seals = new Set<string>();
  let isCompared = false;
  for (let link = parent; link; link = link.kind === 'run' ? (link.audit?.parent ?? null) : null) {
    if (link.kind === 'model') isCompared = link.compared;
    else seals.add(link.seal);
  }
  return parents.filter((path) => {
    const seal = sealOf(path);
    return seal === undefined ? !isCompared : !seals.has(seal);
  });
}

/**
 * Follows a run to its parent. `auditParent` audits a folder and all that it was built on.
 * @param parents folders and files that the auditor brings
 * @param depth links from the run that is asked for
 */
export async function checkChain(
  { statements, config }: Pick<Evidence, 'statements' | 'config'>,
  { parents, depth }: { parents: readonly string[]; depth: number },
  auditParent: (folder: string) => Promise<Audit>,
): Promise<Chain> {
  const parent = statements && parentOf(statements.genesis.predicate.commitment);
  if (!parent) return { check: undefined, parent: null };
  const findings = new Findings('parent');
  if (!('seal' in parent)) {
    const named = { kind: 'model' as const, files: parent.files, compared: false };
    const path = parents.find((one) => isModel(one, parent.files));
    if (path === undefined || !config) return { check: undefined, parent: named };
    const digest = findings.try(path, () => {
      const model = openModel(path);
      try {
        return weightsDigest(model, config);
      } finally {
        model.close();
      }
    });
    if (digest !== undefined && digest !== parent.weights) findings.refuted(path, PARENT.otherWeights);
    return {
      check: findings.check(PARENT.compared),
      parent: { ...named, compared: digest === parent.weights },
    };
  }
  const base = { kind: 'run' as const, seal: parent.seal, maker: makerOf(statements) };
  const folder = parents.find((path) => sealOf(path) === parent.seal);
  if (folder === undefined) return { check: undefined, parent: { ...base, audit: null } };
  if (depth >= MAX_LINKS) {
    findings.incomplete(folder, PARENT.tooFar(depth, MAX_LINKS));
    return { check: findings.check(PARENT.notFollowed), parent: { ...base, audit: null } };
  }
  const audit = await auditParent(folder);
  const { run, verdict, checks } = audit;
  for (const finding of checks.flatMap((check) => check.findings)) {
    const { file, text, ko, verdict: of, ...at } = finding;
    findings[of](`${run.name}: ${file}`, { en: text, ko }, at);
  }
  return { check: findings.check(PARENT[verdict](run.name)), parent: { ...base, audit } };
}

const makerOf = ({ parent }: RunStatements): string | null => parent?.seal.keyid ?? null;

/** Whether this is a model of exactly these files. */
function isModel(path: string, files: readonly { name: string; sha256: string }[]): boolean {
  try {
    const model = openModel(path);
    try {
      const found = model.digestedFiles();
      return (
        found.length === files.length &&
        found.every(({ name, digest }, i) => files[i]!.name === name && files[i]!.sha256 === digest)
      );
    } finally {
      model.close();
    }
  } catch {
    return false;
  }
}
