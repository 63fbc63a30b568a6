// The props of every section of a stage's page.

import type { RuleBook, StagePage } from '../../types.ts';

export interface StageProps {
  programme: string;
  /** The API path of the stage. */
  path: string;
  stage: StagePage;
  /** Undefined until it is loaded. */
  book: RuleBook | undefined;
  nameOf(team: string): string;
  /** Fetches the stage again. */
  again(): void;
}
