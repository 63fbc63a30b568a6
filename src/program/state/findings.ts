// Findings: the panel's word on components of teams' models, and what comparisons of weights propose for it.

import { z } from 'zod';
import type { LineageRules, WeightPart } from '../rules/index.ts';
import { bookOfStage } from './books.ts';
import { type ComparedGroup, type ComparedWeights, type ComparedWith, comparisonsOf } from './comparisons.ts';
import { id, sources, text } from './fields.ts';
import { kind, requireFree } from './kind.ts';
import * as refuse from './refusals/experts.ts';
import { ROW, type Row } from './rows.ts';
import { checkFinding, checkRejection } from './signatures.ts';
import { requireOpenStage } from './stages.ts';
import type { Tables } from './tables.ts';

/** A finding that a comparison gives reason for. The panel signs it, or rejects it. */
export interface FindingProposal {
  id: string;
  stage: string;
  consortium: string;
  /** The submission that it is about: of the two, the one whose weights were fixed later. */
  submission: string;
  component: string;
  verdict: 'derived' | 'frozen-foreign';
  comparison: Row<'comparisons'>;
  /** Whose weights it shares. */
  from: ComparedWith;
  groups: ComparedGroup[];
  /** Whether both have one tokenizer file, and the component names it. */
  sameTokenizer: boolean;
  /** Entries that fixed the weights of both. */
  fixed: { submission: number; from: number };
  answer: { kind: 'signed'; finding: string } | { kind: 'rejected'; by: string; reason: string } | null;
}

/** The entry that fixed a submission's weights: that of its receipt, or of the lodging of its seal before. */
function fixedAt(tables: Tables, submission: string): number {
  const { receivedSeq } = tables.get('submissions', submission)!;
  const seal = tables.get('audits', submission)?.reach?.evidence?.seal;
  const lodged = seal === undefined ? [] : tables.of('lodgings', 'requestDigest', seal);
  return Math.min(receivedSeq, ...lodged.filter((row) => row.kind === 'seal').map(({ seq }) => seq));
}

const partOf = ({ tower, kind: part }: ComparedGroup): WeightPart => (tower === 'language' ? part : tower);
const isShared = ({ verdict }: ComparedGroup): boolean => verdict === 'shares' || verdict === 'identical';

/** By component: the groups that share weights, and whether all that could be tested are identical. */
function sharedComponents({ components }: LineageRules, found: ComparedWeights) {
  return Object.entries(components).flatMap(([component, parts]) => {
    const tested = found.groups.filter((group) => parts.includes(partOf(group)) && group.verdict !== 'untestable');
    const groups = tested.filter(isShared);
    const sameTokenizer = parts.includes('tokenizer') && found.tokenizer?.sameFile === true;
    if (groups.length === 0 && !sameTokenizer) return [];
    const isIdentical = tested.every(({ verdict }) => verdict === 'identical');
    return [
      { component, groups, sameTokenizer, verdict: isIdentical ? ('frozen-foreign' as const) : ('derived' as const) },
    ];
  });
}

/** Proposals of one comparison. None where the weights that would have been taken from were fixed later. */
function proposalsFrom(tables: Tables, stage: string, row: Row<'comparisons'>): Omit<FindingProposal, 'answer'>[] {
  const { lineage } = bookOfStage(tables, stage).originality;
  if (!lineage || !row.found) return [];
  const own = fixedAt(tables, row.submission);
  let [submission, from, fixed] = [row.submission, row.with, { submission: own, from: 0 }];
  if ('reference' in row.with) {
    fixed.from = tables.get('ruleBooks', tables.get('stages', stage)!.ruleBook)!.registeredSeq;
    if (own < fixed.from) return [];
  } else {
    fixed.from = fixedAt(tables, row.with.submission);
    if (own < fixed.from) {
      [submission, from] = [row.with.submission, { submission: row.submission }];
      fixed = { submission: fixed.from, from: own };
    }
  }
  const { consortium } = tables.get('submissions', submission)!;
  return sharedComponents(lineage, row.found).map((shared) => ({
    id: `${row.id}-${shared.component}`,
    stage,
    consortium,
    submission,
    from,
    fixed,
    comparison: row,
    ...shared,
  }));
}

/** All proposals of a stage, answered or not. */
export function findingProposals(tables: Tables, stage: string): FindingProposal[] {
  const findings = new Map(tables.of('findings', 'stage', stage).map((row) => [row.proposal, row.id]));
  return comparisonsOf(tables, stage)
    .flatMap((row) => proposalsFrom(tables, stage, row))
    .map((proposal) => {
      const finding = findings.get(proposal.id);
      const rejected = tables.get('rejections', proposal.id);
      if (finding !== undefined) return { ...proposal, answer: { kind: 'signed', finding } };
      if (!rejected) return { ...proposal, answer: null };
      return { ...proposal, answer: { kind: 'rejected', by: rejected.by, reason: rejected.reason } };
    });
}

/**
 * Returns a proposal without an answer.
 * @throws JikjiError `proposal-unknown`, `proposal-answered`
 */
function requireOpenProposal(tables: Tables, stage: string, name: string): FindingProposal {
  const all = findingProposals(tables, stage);
  const found = all.find((proposal) => proposal.id === name);
  if (!found) {
    const open = all.filter(({ answer }) => answer === null).map((proposal) => proposal.id);
    throw open.length > 0 ? refuse.noProposal(name, open.slice(0, 8).join(', ')) : refuse.noneProposed(name);
  }
  if (found.answer) throw found.answer.kind === 'signed' ? refuse.proposalSigned(name) : refuse.proposalRejected(name);
  return found;
}

export const proposalRejected = kind({
  shape: z.strictObject({
    proposal: z.string().max(200),
    stage: id,
    by: z.string().min(1).max(300),
    reason: text,
    /** The panel's signature. */
    statement: z.string().max(10_000).optional(),
  }),
  check(tables, { statement, ...data }) {
    requireOpenStage(tables, data.stage);
    requireOpenProposal(tables, data.stage, data.proposal);
    checkRejection(tables, data, statement);
  },
  apply(tables, { statement, ...data }, { seq }) {
    const signedBy = statement === undefined ? null : checkRejection(tables, data, statement);
    tables.put('rejections', { ...data, signedBy, seq });
  },
});

/** The panel's finding on a component of a team's model. */
export const findingSigned = kind({
  shape: ROW.findings.omit({ signedBy: true, seq: true }).extend({
    source: sources.optional(),
    /** The panel's signature; a finding published elsewhere has a source instead. */
    statement: z.string().max(10_000).optional(),
  }),
  check(tables, data) {
    requireFree(tables, 'findings', data.id, 'finding');
    requireOpenStage(tables, data.stage, data.consortium);
    const { components } = bookOfStage(tables, data.stage).originality;
    if (!components.includes(data.component)) throw refuse.noComponent(data.component, components);
    checkFinding(tables, data, data.statement);
    if (data.proposal === undefined) return;
    const proposal = requireOpenProposal(tables, data.stage, data.proposal);
    if (proposal.consortium !== data.consortium || proposal.component !== data.component)
      throw refuse.proposalOdd(data.proposal, proposal.component, proposal.consortium);
  },
  apply(tables, { statement, ko, ...data }, { seq }) {
    const signedBy = statement === undefined ? null : checkFinding(tables, data, statement);
    // A signature covers no other words: none stand beside it.
    const reported = statement === undefined && ko !== undefined && { ko };
    tables.put('findings', { ...data, ...reported, source: data.source ?? null, signedBy, seq });
  },
});
