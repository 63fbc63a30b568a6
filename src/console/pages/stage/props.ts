// What every part of a stage's page is given.

import type { RuleBook, StagePage } from '../../types.ts';

export interface StageProps {
  programme: string;
  /** Of the stage in the API. */
  path: string;
  stage: StagePage;
  /** Undefined until it is there. */
  book: RuleBook | undefined;
  nameOf(team: string): string;
  /** Fetches the stage again. */
  again(): void;
}
