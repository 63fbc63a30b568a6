// What the API tells and takes, as types: for pages, which know nothing else of the house.

import type { z } from 'zod';
import type { failure } from './shapes/common.ts';
import type * as people from './shapes/people.ts';
import type * as programme from './shapes/programme.ts';
import type * as runs from './shapes/runs.ts';
import type * as stage from './shapes/stage.ts';

export type Failure = z.output<typeof failure>;
export type Viewer = z.output<typeof people.viewer>;
export type Me = z.output<typeof people.me>;
export type Invitation = z.output<typeof people.invitation>;
export type Invite = z.input<typeof people.invite>;
export type Invited = z.output<typeof people.invited>;
export type Person = z.output<typeof people.person>;
export type TokenInfo = z.output<typeof people.tokenInfo>;
export type NewToken = z.output<typeof people.token>;
export type Overview = z.output<typeof programme.overview>;
export type Job = z.output<typeof programme.job>;
export type ConsortiumPage = z.output<typeof programme.consortiumPage>;
export type RuleBookRow = z.output<typeof programme.bookRow>;
export type RuleBookPage = z.output<typeof programme.bookPage>;
export type LogEntry = z.output<typeof programme.entry>;
export type LogPage = z.output<typeof programme.logPage>;
export type StagePage = z.output<typeof stage.stagePage>;
export type BlankForm = z.output<typeof stage.blankForm>;
export type Given = z.output<typeof stage.given>;
export type Question = z.output<typeof stage.asked>;
export type SubmissionPage = z.output<typeof stage.submissionPage>;
export type Submitted = z.output<typeof stage.submitted>;
export type Continuation = z.input<typeof runs.continuation>;
export type { StageReport } from '../decision/index.ts';
export type { RuleBook } from '../rules/index.ts';
export type { Audit, Card, Curve, Evidence, RunDetail, RunEvent, RunInfo } from '../runs/index.ts';
export type { Role } from '../users/index.ts';
