// Figures that others measured or published, entered by the office.

import { randomBytes } from 'node:crypto';
import { JikjiError } from '../../base/index.ts';
import type { Json } from '../../ledger/index.ts';
import type { Programme } from '../programme/index.ts';
import { type Citation, partsOf } from '../rules/index.ts';
import { bookOfStage } from '../state/index.ts';

export interface Figure {
  stage: string;
  consortium: string;
  /** A part of the rule book by its path, or by the short name that tie-breaks use. */
  part: string;
  value: number | 'not published';
  source: Citation | Citation[] | 'not recorded';
}

/** @throws JikjiError `part-unknown`, `score-range`, `stage-closed`, `not-in-stage` */
export async function enterScore(programme: Programme, figure: Figure, actor: string) {
  const parts = partsOf(bookOfStage(programme.tables, figure.stage));
  const part = parts.find(({ path, name }) => path === figure.part || name === figure.part);
  if (!part) {
    const hint = `there are: ${parts.map(({ name }) => name).join(', ')}`;
    throw new JikjiError('part-unknown', 'the rule book has no part of this name', figure.part, hint);
  }
  // The link of an entry is public before its figure is. With an id that can be guessed, whoever tries out all figures would find it.
  const wish = `${figure.consortium}-${part.name.replace('.', '-')}`.slice(0, 40);
  const id = `${wish}-${randomBytes(10).toString('hex')}`;
  const data = { ...figure, id, part: part.path, max: part.points };
  const [entry] = await programme.record(actor, [{ kind: 'score-entered', data: data as unknown as Json }]);
  return { ...data, seq: entry!.seq };
}
