// What a run was built on: its parent, the parent's parent and so on. Each link is a digest that the child's maker signed; a parent that
// the auditor brings is audited too. No chain of seals can be a loop: a genesis names the digest of a seal that was there before it.

import { join, resolve } from 'node:path';
import { JikjiError } from '../base/index.ts';
import { weightsDigest } from '../foundry/index.ts';
import { openModel } from '../foundry/load/index.ts';
import { kindOf, makersBy, parentOf, readStatement, readStatementText, sha256Hex } from '../ledger/index.ts';
import { GENESIS, SEAL } from '../run-folder/index.ts';
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

/** What the auditor brings of a chain: folders of runs by the digests of their seals, and the model that it begins with. */
export interface Brought {
  runs: ReadonlyMap<string, string>;
  model: string | undefined;
}

const genesisIn = (folder: string) => readStatement(join(folder, GENESIS), 'genesis');

/** What a sealed genesis says that its run was built on. @throws JikjiError where the seal names another one: a finding of the audit */
function parentOfSealed(folder: string) {
  const genesis = genesisIn(folder);
  if (readStatement(join(folder, SEAL), 'seal').predicate.genesis !== genesis.digest)
    throw new JikjiError('statement-broken', 'is not the genesis that is sealed', folder, 'get the run again');
  return parentOf(genesis.predicate.commitment);
}

/** What the chain of a run names, in words. */
function namedBy(parent: ReturnType<typeof parentOf>): string {
  if (!parent) return 'it begins with drawn weights: leave --parent out';
  return 'seal' in parent
    ? `the chain names a run with the seal ${parent.seal}, which was not given`
    : `the chain names the files of a model: ${parent.files.map(({ sha256 }) => sha256).join(', ')}`;
}

/**
 * Finds what a run was built on among the paths that an auditor brings, before anything is computed.
 * @throws JikjiError `usage` for a path that the run was not built on: that is a fault of the call, and says nothing of the run
 */
export function findParents(folder: string, parents: readonly string[]): Brought {
  const runs = new Map<string, string>();
  if (parents.length === 0) return { runs, model: undefined };
  const seals = new Map(parents.map((path) => [path, sealOf(path)]));
  let parent: ReturnType<typeof parentOf>;
  let model: string | undefined;
  try {
    parent = parentOf(genesisIn(folder).predicate.commitment);
    while (parent && 'seal' in parent) {
      const { seal } = parent;
      const path = parents.find((one) => seals.get(one) === seal);
      if (path === undefined || runs.has(seal)) break;
      runs.set(seal, path);
      parent = parentOfSealed(path);
    }
    const files = parent && !('seal' in parent) ? parent.files : undefined;
    model = files && parents.find((path) => isModel(path, files));
  } catch (error) {
    if (!(error instanceof JikjiError)) throw error;
    return { runs, model }; // what is wrong with a genesis is a finding of the audit
  }
  for (const path of parents) {
    const first = runs.get(seals.get(path) ?? '');
    if (first === undefined || resolve(first) === resolve(path)) continue;
    const hint = 'name one of them: only one would be checked';
    throw new JikjiError('usage', `has the same seal as ${first}`, `--parent ${path}`, hint);
  }
  const other = parents.find((path) => path !== model && !runs.has(seals.get(path) ?? ''));
  if (other !== undefined)
    throw new JikjiError('usage', 'the run was not built on this', `--parent ${other}`, namedBy(parent));
  return { runs, model };
}

/**
 * Follows a run to its parent. `auditParent` audits a folder and all that it was built on.
 * @param depth links from the run that is asked for
 */
export async function checkChain(
  { statements, config }: Pick<Evidence, 'statements' | 'config'>,
  { brought, depth }: { brought: Brought; depth: number },
  auditParent: (folder: string) => Promise<Audit>,
): Promise<Chain> {
  const parent = statements && parentOf(statements.genesis.predicate.commitment);
  if (!parent) return { check: undefined, parent: null };
  const findings = new Findings('parent');
  if (!('seal' in parent)) {
    const named = { kind: 'model' as const, files: parent.files, compared: false };
    const path = brought.model;
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
  const base = { kind: 'run' as const, seal: parent.seal, makers: makersOfParent(statements) };
  const folder = brought.runs.get(parent.seal);
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
  for (const { notes, ko } of checks)
    for (const [i, note] of notes.entries())
      findings.note({ en: `${run.name}: ${note}`, ko: `${run.name}: ${ko?.notes[i] ?? note}` });
  return { check: findings.check(PARENT[verdict](run.name)), parent: { ...base, audit } };
}

const makersOfParent = ({ parent }: RunStatements): string[] => (parent ? makersBy(parent.genesis, parent.chain) : []);

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
