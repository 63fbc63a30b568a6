// Types of the API's requests and answers, for the pages of the console.

import type { z } from 'zod';
import type * as calls from './shapes/calls.ts';
import type { failure } from './shapes/common.ts';
import type * as compute from './shapes/compute.ts';
import type * as lodgings from './shapes/lodgings.ts';
import type * as mail from './shapes/mail.ts';
import type * as metering from './shapes/metering.ts';
import type * as openid from './shapes/openid.ts';
import type * as people from './shapes/people.ts';
import type * as plans from './shapes/plans.ts';
import type * as programme from './shapes/programme.ts';
import type * as reliance from './shapes/reliance.ts';
import type * as ruleBooks from './shapes/rule-books.ts';
import type * as runs from './shapes/runs.ts';
import type * as search from './shapes/search.ts';
import type * as stage from './shapes/stage.ts';

export type Failure = z.output<typeof failure>;
export type Me = z.output<typeof people.me>;
export type Invitation = z.output<typeof people.invitation>;
export type Invite = z.input<typeof people.invite>;
export type ResetMade = z.output<typeof people.resetMade>;
export type Invited = z.output<typeof people.invited>;
export type Person = z.output<typeof people.person>;
export type ResetLink = z.output<typeof people.reset>;
export type OwnMail = z.output<typeof mail.ownMail>;
export type OutboxNotice = z.output<typeof mail.outboxNotice>;
export type OpenIdButton = z.output<typeof openid.button>;
export type OpenIdDone = z.output<typeof openid.done>;
export type OwnIdentity = z.output<typeof openid.identity>;
export type Overview = z.output<typeof programme.overview>;
export type Job = z.output<typeof programme.job>;
export type ConsortiumPage = z.output<typeof programme.consortiumPage>;
export type Organisations = z.output<typeof calls.organisations>;
export type Calls = z.output<typeof calls.calls>;
export type CallPage = z.output<typeof calls.callPage>;
export type ApplicationPage = z.output<typeof calls.applicationPage>;
export type RuleBookRow = z.output<typeof programme.bookRow>;
export type RuleBookPage = z.output<typeof programme.bookPage>;
export type RuleBookTemplate = z.output<typeof ruleBooks.templates>[number];
export type CheckedRuleBook = z.output<typeof ruleBooks.checked>;
export type LogEntry = z.output<typeof programme.entry>;
export type LogPage = z.output<typeof programme.logPage>;
export type SearchAnswer = z.output<typeof search.answer>;
export type Explanation = z.output<typeof stage.explained>;
export type KeyNamed = z.output<typeof programme.keyNamed>;
export type LackingToOpen = z.output<typeof stage.lackingToOpen>;
export type OpenedStage = z.output<typeof stage.opened>;
export type StagePage = z.output<typeof stage.stagePage>;
export type BlankForm = z.output<typeof stage.blankForm>;
export type Given = z.output<typeof stage.given>;
export type Question = z.output<typeof stage.asked>;
export type SubmissionPage = z.output<typeof stage.submissionPage>;
export type AuditPart = z.output<typeof stage.partGiven>;
export type Submitted = z.output<typeof stage.submitted>;
export type ChipPage = z.output<typeof compute.chipPage>;
export type ComputePage = z.output<typeof compute.computePage>;
export type CheckedCatalogue = z.output<typeof compute.checkedCatalogue>;
export type CheckedAllotments = z.output<typeof compute.checkedAllotments>;
export type MeteringPage = z.output<typeof metering.meteringPage>;
export type MeteringReading = z.output<typeof metering.reading>;
export type MeteringPreview = z.output<typeof metering.preview>;
export type ReliancePage = z.output<typeof reliance.reliancePage>;
export type ValueChain = z.output<typeof reliance.chainPage>;
export type WhatIfPage = z.output<typeof reliance.whatIfPage>;
export type SmallestPage = z.output<typeof reliance.smallestPage>;
export type Choices = z.output<typeof reliance.choicesPage>;
export type PlanChoices = z.output<typeof plans.choices>;
export type PlanQuestion = z.input<typeof plans.question>;
export type PlanPage = z.output<typeof plans.planPage>;
export type Lodgings = z.output<typeof lodgings.lodgings>;
export type RegisterPage = z.output<typeof lodgings.registerPage>;
export type RegisterHead = z.output<typeof lodgings.registerHead>;
export type Answered = z.output<typeof lodgings.answered>;
export type LodgedRun = Lodgings['runs'][number];
export type CompletionBody = z.input<typeof runs.completion>;
export type ChatBody = z.input<typeof runs.chat>;
export type SameSeal = z.output<typeof runs.sameSeal>;
export type { ThinCurve as Curve } from '../../run-folder/index.ts';
export type { JoinedAudits, ShownAudit } from '../audits/index.ts';
export type { StageReport } from '../decision/index.ts';
export type { Access, Backup, Verification } from '../housekeeping/index.ts';
export type { AssumptionsGiven, Border, Rate, Rehearsal } from '../rehearsal/index.ts';
export type { RuleBook } from '../rules/index.ts';
export type {
  AnswerReceipt,
  Audit,
  Card,
  CheckedReceipt,
  Evidence,
  Family,
  OverlaidCurve,
  RecipeDifferences,
  RunAudits,
  RunDetail,
  RunEvent,
  RunInfo,
  RunRow,
  RunSort,
  RunTable,
  TrainingData,
} from '../runs/index.ts';
export type { AccountChange, Link as NewToken, LogIn, Role, Token as TokenInfo, Viewer } from '../users/index.ts';
