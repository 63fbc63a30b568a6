// Acts that record figures measured or published elsewhere, and the panel's findings on components of a team's model.

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Json } from '../../ledger/index.ts';
import { partsOf } from '../rules/index.ts';
import { bookOfStage, freeId, requireRow, signFinding, signRejection } from '../state/index.ts';
import { act, OFFICE } from './act.ts';
import * as refuse from './refusals/books.ts';
import { id, part, source, text } from './shapes.ts';
import { programmeOf } from './times.ts';

/** Name of a finding that a comparison of weights gave reason for. */
const proposal = z.string().max(200);
/** Who signs for the panel. */
const signatory = z.string().min(1).max(300).describe('who answers for it');

export const enterScore = act({
  summary: 'Enter a figure that others measured',
  roles: OFFICE,
  input: z.strictObject({
    stage: id,
    consortium: id,
    part: part.describe('a part of the rule book, such as benchmark or benchmark.nia'),
    value: z.union([z.number(), z.literal('not published')]).describe('a number, or "not published"'),
    source,
  }),
  async run(programme, figure, by) {
    const parts = partsOf(bookOfStage(programme.tables, figure.stage));
    const part = parts.find(({ path, name }) => path === figure.part || name === figure.part);
    if (!part) throw refuse.noPart(figure.part, parts.map(({ name }) => name).join(', '));
    // The link of an entry is public before its figure. A random id prevents that somebody finds the figure by hashing all candidates.
    const wish = `${figure.consortium}-${part.name.replace('.', '-')}`.slice(0, 40);
    const id = `${wish}-${randomBytes(10).toString('hex')}`;
    const data = { ...figure, id, part: part.path, max: part.points };
    const [entry] = await programme.record(by.actor, [{ kind: 'score-entered', data: data as Json }]);
    return { ...data, seq: entry!.seq };
  },
});

/** A later finding on the same component does not replace the earlier one. */
export const addFinding = act({
  summary: "The panel's word on a component of a team's model, signed",
  roles: OFFICE,
  input: z.strictObject({
    stage: id,
    consortium: id,
    component: z.string().min(1).max(100).describe('one that the rule book names'),
    verdict: z.enum(['own', 'derived', 'frozen-foreign', 'unknown']),
    by: signatory,
    text: text.describe('what was found, and how'),
    proposal: proposal.optional().describe('the proposed finding that it answers: program comparisons lists them'),
  }),
  async run(programme, { proposal, ...given }, by) {
    const finding = { ...given, ...(proposal !== undefined && { proposal }) };
    const { tables } = programme;
    const { id: name } = programmeOf(tables);
    const { stage } = finding;
    requireRow(tables, 'stages', stage, 'stage');
    const statement = signFinding(finding, name, await by.signer());
    const id = freeId(tables, 'findings', `finding-${tables.of('findings', 'stage', stage).length + 1}-${stage}`);
    await programme.record(by.actor, [{ kind: 'finding-signed', data: { id, ...finding, statement } }]);
    return { id };
  },
});

export const rejectProposal = act({
  summary: 'The panel rejects a proposed finding, signed',
  roles: OFFICE,
  input: z.strictObject({
    stage: id,
    proposal: proposal.describe('program comparisons lists them'),
    by: signatory,
    reason: text.describe('why it is rejected'),
  }),
  async run(programme, rejection, by) {
    const { tables } = programme;
    const { id: name } = programmeOf(tables);
    requireRow(tables, 'stages', rejection.stage, 'stage');
    const statement = signRejection(rejection, name, await by.signer());
    await programme.record(by.actor, [{ kind: 'proposal-rejected', data: { ...rejection, statement } }]);
    return { proposal: rejection.proposal };
  },
});
