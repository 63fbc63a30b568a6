// A rule book as it is after reading: what its file may leave out is there, or null. Says what the rules are; decides nothing by them.

import type { BlockInput, PartInput, RuleBookInput } from './schema.ts';

type Given<Kind extends 'tasks' | 'entered' | 'forms' | 'judgements'> = NonNullable<PartInput[Kind]>;

/** Where points come from. */
export type Source =
  | { kind: 'tasks'; tasks: Given<'tasks'> }
  | ({ kind: 'entered' } & Given<'entered'>)
  | ({ kind: 'forms' } & Given<'forms'> & { trim: number })
  | ({ kind: 'judgements' } & Given<'judgements'>);

export interface Part extends Pick<PartInput, 'id' | 'title' | 'points' | 'published'> {
  source: Source;
}

export interface Block extends Pick<BlockInput, 'id' | 'title' | 'points' | 'published'> {
  /** A block of parts is their sum. */
  source: Source | { kind: 'parts'; parts: Part[] };
}

/** A section that a record may leave out: then it is null. */
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
  /** Empty in a record: not known. */
  tieBreak: string[];
}

/** What the office's machine takes on for one submission. */
export type Limits = NonNullable<RuleBook['limits']>;
