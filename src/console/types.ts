// TEMPORARY: the shapes of the API's contract, until `import type` from '../program/api/index.ts' gives them. Types only.

export interface Title {
  en: string;
  ko?: string;
}
export type Role = 'office' | 'consortium' | 'expert' | 'evaluator' | 'auditor' | 'public';
export interface Viewer {
  user: string | null;
  name: string | null;
  role: Role;
  programme: string | null;
  consortium: string | null;
}
export type Mode = 'record' | 'practice' | 'real';
export interface Me {
  viewer: Viewer;
  version: string;
  programmes: { id: string; name: Title; mode: Mode }[];
  empty: boolean;
  local: boolean;
}
export interface Invitation {
  id: string;
  role: Exclude<Role, 'public'>;
  programme: string | null;
  consortium: string | null;
  note: string | null;
  created: string;
  expires: string;
  usedBy: string | null;
}
export interface User {
  user: string;
  name: string;
  role: Role;
  programme: string | null;
  consortium: string | null;
  blocked: boolean;
  created: string;
  lastSeen: string | null;
}
export interface Token {
  id: string;
  name: string;
  created: string;
  expires: string;
  used: string | null;
}

export interface Overview {
  programme: { id: string; name: Title; mode: Mode; created: string };
  head: { seq: number; link: string };
  consortia: {
    id: string;
    name: Title;
    lead: { id: string; name: Title };
    status: string;
    members: number;
    roles: string[];
  }[];
  stages: {
    id: string;
    title: Title;
    status: 'open' | 'closed' | 'decided';
    consortia: string[];
    opened: string;
    closed: string | null;
  }[];
  current: string | null;
  due: string[];
  jobs: { id: string; kind: string; submission: string; status: string }[];
  ruleBooks: number;
  applications: Record<string, number>;
  facts: StageReport['facts'];
}
export interface LogEntry {
  seq: number;
  time: string;
  actor: string | null;
  kind: string;
  link: string;
  data: Record<string, unknown> | null;
  withheld: boolean;
}
export interface LogPage {
  entries: LogEntry[];
  head: { seq: number; link: string };
}
export interface SubmissionRow {
  id: string;
  consortium: string;
  status: string;
  verdict: Verdict | null;
  bytes: number;
  receivedSeq: number;
}
export interface ConsortiumPage {
  id: string;
  name: Title;
  lead: { id: string; name: Title };
  members: { id: string; name: Title; country: string; roles: string[] }[];
  status: string;
  makerKey: string | null;
  stages: { id: string; title: Title; status: string; outcome: 'kept' | 'out' | null }[];
  submissions: (SubmissionRow & { stage: string })[];
}

export interface RuleBookRow {
  digest: string;
  name: string;
  version: number;
  title: Title;
  registeredSeq: number;
}
export interface RulePart {
  id: string;
  title: Title;
  points: number;
  source: RuleSource;
}
export type RuleSource =
  | {
      kind: 'tasks';
      tasks: {
        task: string;
        digest: string | null;
        metric: string;
        weight: number;
        scale: { floor: number; ceiling: number } | 'best-reference';
      }[];
    }
  | { kind: 'entered'; by: Title }
  | {
      kind: 'forms';
      experts: number;
      average: 'mean' | 'trimmed-mean';
      trim: number;
      criteria: { id: string; title: Title; points: number }[];
    }
  | { kind: 'judgements'; users: number; minimumPerPair: number; floor: number; ceiling: number };
export interface RuleBook {
  name: string;
  version: number;
  record: boolean;
  title: Title;
  eligibility: { leadCountries: string[]; roles: string[]; minimumMembers: number } | null;
  originality: {
    veto: boolean;
    components: string[];
    excludes: string[];
    audit: { holds: boolean; makerKey: boolean; lodged: boolean } | null;
  };
  points: number;
  blocks: { id: string; title: Title; points: number; source: RuleSource | { kind: 'parts'; parts: RulePart[] } }[];
  rounding: { decimals: number } | null;
  kept: number;
  tieBreak: string[];
  target: {
    share: number;
    months: number;
    references: { model: string; released: string; scores: Record<string, number>; source: Citation }[];
  } | null;
  publication: Record<
    'scores' | 'forms' | 'judgements' | 'audits' | 'weights',
    'at-once' | 'at-close' | 'never'
  > | null;
  limits: {
    bundleBytes: number;
    trainingFlops: number;
    parameters: number;
    steps: number;
    auditSeconds: number;
    evalSeconds: number;
  } | null;
}
export interface RuleBookPage {
  book: RuleBook;
  text: string;
  signed: boolean;
}

export type Verdict = 'holds' | 'refuted' | 'incomplete';
export interface AuditCheck {
  name: string;
  verdict: Verdict;
  detail: string;
}
export interface StagePage {
  id: string;
  title: Title;
  status: 'open' | 'closed' | 'decided';
  ruleBook: { digest: string; name: string; version: number; title: Title };
  consortia: { id: string; name: Title }[];
  opened: string;
  closed: string | null;
  lacking: string[];
  submissions: SubmissionRow[];
  forms: {
    id: string;
    part: string;
    expert: string;
    commitment: string;
    revealed: boolean;
    form?: { scores: Record<string, Record<string, number>>; comment?: string };
  }[];
  judgements: { given: number } | null;
  findings: { id: string; consortium: string; component: string; verdict: string; by: string; text: string }[];
  appeals: {
    id: string;
    consortium: string;
    text: string;
    outcome: 'upheld' | 'rejected' | null;
    answer: string | null;
  }[];
  report: StageReport | null;
  mayDo: StageDeed[];
}
export type StageDeed =
  | 'close'
  | 'decide'
  | 'finish'
  | 'score'
  | 'form'
  | 'judge'
  | 'submit'
  | 'finding'
  | 'appeal'
  | 'answer';
export interface FormBlank {
  part: string;
  title: Title;
  criteria: { id: string; title: Title; points: number }[];
  teams: { id: string; name: Title }[];
  given: { commitment: string } | null;
}
export interface Question {
  id: string;
  prompt: string;
  first: string;
  second: string;
}
export interface SubmissionPage {
  id: string;
  stage: string;
  consortium: string;
  status: string;
  digest: string;
  bytes: number;
  receivedAt: string;
  job?: { id: string; kind: string; status: string } | null;
  audit?: { verdict: Verdict; checks: AuditCheck[] } | null;
  evaluations?: { task: string; metric: string; value: number; stderr: number | null; n: number }[];
  curve?: boolean;
}

export interface RunInfo {
  id: string;
  name: string;
  state: 'running' | 'finished' | 'unfinished' | 'gone' | 'broken';
  steps: number | null;
  stepsDone: number | null;
  loss: number | null;
  valBitsPerByte: number | null;
  noted: string | null;
}
export interface RunDetail extends RunInfo {
  parameters: number | null;
  tokens: number | null;
  tokensPerSecond: number | null;
  secondsLeft: number | null;
  maker: string | null;
  stateRoot: string | null;
  /** A model is there to look at. */
  model: boolean;
}
export interface Curve {
  first: number;
  last: number;
  every: number;
  step: number[];
  loss: (number | null)[];
  gradNorm: (number | null)[];
  learningRate: (number | null)[];
  validations: { step: number; bitsPerByte: number }[];
}
export interface RunPoints {
  step: number[];
  loss: (number | null)[];
  gradNorm: (number | null)[];
  learningRate: (number | null)[];
  validations: { step: number; bitsPerByte: number }[];
}
export interface RunEvidence {
  genesis: {
    digest: string;
    signer: string;
    madeAt: string | null;
    lodged: { office: string; at: string } | null;
  } | null;
  records: number;
  head: string | null;
  sessions: { from: number; to: number; started: string | null }[];
  checkpoints: { step: number; root: string; kept: boolean }[];
  seal: { digest: string; signer: string; sealedAt: string | null; stateRoot: string } | null;
}
export interface Audit {
  id: string;
  run: string;
  state: 'running' | 'done' | 'failed';
  progress: { check: string; fraction: number } | null;
  verdict: Verdict | null;
  checks: AuditCheck[];
  error: { code: string; message: string; input: string; hint: string } | null;
}
export interface ModelPage {
  card: string;
  config: Record<string, unknown>;
  parameters: number;
  tuned: boolean;
  files: { path: string; bytes: number; sha256: string | null }[];
  scores: { task: string; metric: string; value: number; stderr: number | null; n: number }[];
}

export interface Citation {
  publisher: string;
  item?: string;
  date?: string;
  url?: string;
}
export interface Figure {
  value: number | 'not published' | null;
  interval: [low: number, high: number] | null;
  source: Citation[] | 'not recorded' | null;
}
export interface BlockOfReport {
  path: string;
  title: Title;
  points: number;
  kind: RuleSource['kind'] | 'parts';
  parts: { path: string; title: Title; points: number; kind: RuleSource['kind'] }[];
}
export interface TeamOfReport {
  id: string;
  name: Title;
  place: number | null;
  total: Figure;
  figures: Record<string, Figure>;
  places: number[] | null;
  keptChance: number | null;
  outcome: 'kept' | 'out' | null;
  reason: 'veto' | 'points' | 'withdrawn' | null;
}
export interface FindingOfReport {
  team: string;
  component: string;
  verdict: 'own' | 'derived' | 'frozen-foreign' | 'unknown' | 'not published';
  by: string;
  text: string;
  source: Citation[] | 'not recorded' | null;
}
export interface MoveOfReport {
  far: number;
  kept: string;
  out: string;
}
export interface StageReport {
  programme: { id: string; name: Title; mode: Mode };
  stage: { id: string; title: Title; status: 'open' | 'closed' | 'decided'; opened: string; closed: string | null };
  ruleBook: {
    name: string;
    version: number;
    digest: string;
    points: number;
    kept: number;
    veto: boolean;
    components: string[];
    decimals: number | null;
    published: Citation[] | null;
  };
  blocks: BlockOfReport[];
  teams: TeamOfReport[];
  decisionSource: Citation[] | 'not recorded' | null;
  statistics: { draws: number; level: number; seed: string } | null;
  moves: { points: MoveOfReport | null; share: MoveOfReport | null } | null;
  findings: FindingOfReport[];
  withheld: ('scores' | 'forms' | 'judgements' | 'audits' | 'weights')[];
  facts: {
    text: Title;
    value: number | null;
    source: Citation[] | 'not recorded';
    derived: string | null;
    verified: boolean;
  }[];
  appeals: { id: string; team: string; text: string; outcome: 'upheld' | 'rejected' | null; answer: string | null }[];
  log: {
    seq: number;
    link: string;
    signatures: { what: 'rule-book' | 'close' | 'decision'; seq: number; key: string; time: string }[];
  };
}
