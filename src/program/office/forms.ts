// Experts' forms. A form is sealed when it is given: the log gets only its commitment. Form and nonce are revealed when the stage closes.

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { JikjiError, parseJson } from '../../base/index.ts';
import type { Json } from '../../ledger/index.ts';
import type { Programme } from '../programme/index.ts';
import { type PartOfBook, partsOf } from '../rules/index.ts';
import {
  bookOfStage,
  checkForm,
  commitmentOf,
  freeId,
  type Proposal,
  requireMayRate,
  type Tables,
} from '../state/index.ts';
import { act } from './act.ts';
import * as refuse from './refusals/books.ts';
import { id, marks, part } from './shapes.ts';

const secretOf = (id: string): string => `form:${id}`;

type FormPart = PartOfBook & { source: Extract<PartOfBook['source'], { kind: 'forms' }> };

/**
 * The part of the rule book that is scored by forms: by path or short name, or the only one.
 * @throws JikjiError `part-unknown`, `stage-unknown`
 */
export function formPart(tables: Tables, stage: string, wanted: string | undefined): FormPart {
  const parts = partsOf(bookOfStage(tables, stage)).filter((one): one is FormPart => one.source.kind === 'forms');
  const found = wanted === undefined ? parts : parts.filter(({ path, name }) => path === wanted || name === wanted);
  if (found.length === 1) return found[0]!;
  const known = parts.map(({ name }) => name).join(', ');
  if (!known) throw refuse.noFormParts(wanted ?? stage);
  throw wanted === undefined ? refuse.ambiguousPart(stage, known) : refuse.noFormPart(wanted, known);
}

/** Checks, seals and commits to a form. `nonce` is the expert's receipt: form and nonce prove what was given. */
export const giveForm = act({
  summary: 'Give a form: sealed until the stage closes',
  roles: ['expert'],
  input: z.strictObject({
    stage: id,
    part: part.optional().describe('the part of the rule book (default: the only one that is scored by forms)'),
    scores: marks,
    comment: z.string().max(20_000).optional(),
  }),
  async run(programme, { stage, part: wanted, ...form }, by) {
    const { tables, store } = programme;
    const expert = by.user!;
    const { path: part } = formPart(tables, stage, wanted);
    requireMayRate(tables, { stage, part, expert });
    const read = checkForm(tables, stage, part, form) as Json;
    const nonce = randomBytes(32).toString('hex');
    const commitment = commitmentOf(read, nonce);
    const name = part.replace(/^blocks\./, '').replaceAll('.', '-');
    const id = freeId(tables, 'forms', `${stage}-${name}-${expert}`);
    // The secret is stored first: a commitment without its form could never be revealed.
    const secret = `${secretOf(id)}:${commitment}`;
    await store.secrets.put(secret, JSON.stringify({ form: read, nonce }));
    try {
      await programme.record(by.actor, [{ kind: 'form-committed', data: { id, stage, part, expert, commitment } }]);
    } catch (error) {
      // After a database error the commitment may be in the log.
      if (error instanceof JikjiError && !error.code.startsWith('database-')) await store.secrets.delete(secret);
      throw error;
    }
    return { stage, part, id, commitment, nonce };
  },
});

/** Entries that reveal the sealed forms of a stage. */
export async function revelations(programme: Programme, stage: string): Promise<Proposal[]> {
  const sealed = programme.tables.of('forms', 'stage', stage).filter((row) => row.form === null);
  const proposals: Proposal[] = [];
  for (const { id, commitment } of sealed) {
    const text = await programme.store.secrets.get(`${secretOf(id)}:${commitment}`);
    if (text === undefined) continue; // closing the stage then fails and names the form
    const { form, nonce } = parseJson(text) as { form: Json; nonce: string };
    proposals.push({ kind: 'form-revealed', data: { id, form, nonce } });
  }
  return proposals;
}
