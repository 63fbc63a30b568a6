// Experts' forms: sealed when they come in, with the commitment in the log at once; shown, form and nonce, when their stage closes.

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import type { Json } from '../../ledger/index.ts';
import type { Programme } from '../programme/index.ts';
import { type PartOfBook, partsOf } from '../rules/index.ts';
import { bookOfStage, checkForm, commitmentOf, freeId, type Proposal, type Tables } from '../state/index.ts';
import { act } from './act.ts';
import { id, marks, part } from './shapes.ts';

const secretOf = (id: string): string => `form:${id}`;

type FormPart = PartOfBook & { source: Extract<PartOfBook['source'], { kind: 'forms' }> };

/**
 * The part that is scored by forms: the one of that path or short name, or the only one.
 * @throws JikjiError `part-unknown`, `stage-unknown`
 */
export function formPart(tables: Tables, stage: string, wanted: string | undefined): FormPart {
  const parts = partsOf(bookOfStage(tables, stage)).filter((one): one is FormPart => one.source.kind === 'forms');
  const found = wanted === undefined ? parts : parts.filter(({ path, name }) => path === wanted || name === wanted);
  if (found.length === 1) return found[0]!;
  throw new JikjiError(
    'part-unknown',
    wanted === undefined ? 'which part of the rule book is meant?' : 'the rule book has no such part',
    wanted ?? stage,
    parts.length > 0 ? `there are: ${parts.map(({ name }) => name).join(', ')}` : 'the rule book has none of this kind',
  );
}

/** A form is checked against the rule book, sealed, committed to. `nonce` is the expert's receipt: with the form it proves what was given. */
export const giveForm = act({
  summary: 'Give a form: sealed until the stage closes',
  who: ['expert'],
  input: z.strictObject({
    stage: id,
    /** Where the rule book has several parts of forms. */
    part: part.optional(),
    scores: marks,
    comment: z.string().max(20_000).optional(),
  }),
  async run(programme, { stage, part: wanted, ...form }, by) {
    const { tables, store } = programme;
    const expert = by.user!;
    const { path: part } = formPart(tables, stage, wanted);
    const read = checkForm(tables, stage, part, form) as Json;
    const nonce = randomBytes(32).toString('hex');
    const commitment = commitmentOf(read, nonce);
    const name = part.replace(/^blocks\./, '').replaceAll('.', '-');
    const id = freeId(tables, 'forms', `${stage}-${name}-${expert}`);
    // First the secret: a commitment without its form could never be revealed.
    const secret = `${secretOf(id)}:${commitment}`;
    await store.secrets.put(secret, JSON.stringify({ form: read, nonce }));
    try {
      await programme.record(by.actor, [{ kind: 'form-committed', data: { id, stage, part, expert, commitment } }]);
    } catch (error) {
      // Where the database was lost sight of, the commitment may stand in it.
      if (error instanceof JikjiError && !error.code.startsWith('database-')) await store.secrets.delete(secret);
      throw error;
    }
    return { stage, part, id, commitment, nonce };
  },
});

/** What shows the sealed forms of a stage. */
export async function revelations(programme: Programme, stage: string): Promise<Proposal[]> {
  const sealed = [...programme.tables.of('forms', 'stage', stage)].filter((row) => row.form === null);
  const proposals: Proposal[] = [];
  for (const { id, commitment } of sealed) {
    const text = await programme.store.secrets.get(`${secretOf(id)}:${commitment}`);
    if (text === undefined) continue; // the log then says which form is missing
    const { form, nonce } = JSON.parse(text) as { form: Json; nonce: string };
    proposals.push({ kind: 'form-revealed', data: { id, form, nonce } });
  }
  return proposals;
}
