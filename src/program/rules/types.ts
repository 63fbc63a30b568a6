// The type of a parsed rule book: what its file may omit is filled in, or null.

import type { BlockInput, PartInput, RuleBookInput } from './schema.ts';

type Given<Kind extends 'tasks' | 'entered' | 'forms' | 'judgements'> = NonNullable<PartInput[Kind]>;

/** The source of a part's points. */
export type Source =
  | { kind: 'tasks'; tasks: Given<'tasks'> }
  | ({ kind: 'entered' } & Given<'entered'>)
  | ({ kind: 'forms' } & Given<'forms'> & { trim: number })
  | ({ kind: 'judgements' } & Given<'judgements'>);

export interface Part extends Pick<PartInput, 'id' | 'title' | 'points' | 'published'> {
  source: Source;
}

export interface Block extends Pick<BlockInput, 'id' | 'title' | 'points' | 'published'> {
  /** `parts`: the block is their sum. */
  source: Source | { kind: 'parts'; parts: Part[] };
}

/** A section, or null in a record that omits it. */
type Known<Section> = NonNullable<Section> | null;

type OriginalityInput = RuleBookInput['originality'];
export interface Originality extends Omit<OriginalityInput, 'audit'> {
  audit: Known<OriginalityInput['audit']>;
}

type Section = 'eligibility' | 'rounding' | 'kept' | 'target' | 'publication' | 'limits';
type Sections = { [Key in Section]: Known<RuleBookInput[Key]> };

export interface RuleBook extends Omit<RuleBookInput, keyof Sections>, Sections {
  originality: Originality;
  blocks: Block[];
  /** Empty in a record: unknown. */
  tieBreak: string[];
}

/** Limits of one submission on the office's machine. */
export type Limits = NonNullable<RuleBook['limits']>;
