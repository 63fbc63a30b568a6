// Made-up responses of the API that show the pages in every state. Their types are those of the API, so that they cannot drift from it.

import type {
  Audit,
  BlankForm,
  Card,
  Claims,
  ConsortiumPage,
  Curve,
  Evidence,
  Family,
  Invitation,
  JoinedAudits,
  LackingToOpen,
  Lodgings,
  LogPage,
  Me,
  OpenIdButton,
  OutboxNotice,
  Overview,
  OwnIdentity,
  OwnMail,
  Person,
  RuleBookPage,
  RuleBookRow,
  RunDetail,
  RunInfo,
  ShownAudit,
  StagePage,
  StageReport,
  SubmissionPage,
  TokenInfo,
} from '../types.ts';
import { selection } from './made-up-call.ts';

const hex = (n: number) =>
  Array.from({ length: 64 }, (_, i) => ((n * 2654435761 + i * i * 40503 + i * 977) >>> 7) & 15)
    .map((digit) => digit.toString(16))
    .join('');
const DAY = '2026-11-20T05:12:00.000Z';
const title = (en: string, ko: string) => ({ en, ko });

const TEAMS = [
  { id: 'azalea', name: title('Azalea', '진달래') },
  { id: 'bellflower', name: title('Bellflower', '도라지') },
  { id: 'camellia', name: title('Camellia with a rather long name for a consortium', '이름이 꽤 긴 동백 컨소시엄') },
  { id: 'dandelion', name: title('Dandelion', '민들레') },
];

export const me = (role: Me['viewer']['role']): Me => ({
  viewer: {
    user: role === 'public' ? null : 'kim',
    name: role === 'public' ? null : 'Kim Jikji',
    role,
    programme: role === 'office' || role === 'public' ? null : 'practice',
    consortium: role === 'consortium' ? 'azalea' : null,
  },
  version: '0.1.0',
  programmes: [
    { id: 'practice', name: title('Practice programme', '연습 프로그램'), mode: 'practice' },
    {
      id: 'korea-2025',
      name: title('Independent AI foundation model programme, Korea', '독자 AI 파운데이션 모델 프로젝트'),
      mode: 'record',
    },
  ],
  empty: false,
  local: role === 'office',
});

/** In both languages, as the API has them. The sentences are those of src/audit/claims.ts. */
const TEXTS: [string, string] = [
  'Where the texts come from is the maker’s word. The tokens were compared with the texts.',
  '텍스트의 출처는 제작자가 밝힌 것이며 확인되지 않았습니다. 토큰은 텍스트와 비교했습니다.',
];
const claims = (
  word: [string, string],
  reach: [string, string],
  room: [string, string] | null,
  data: [string, string] = TEXTS,
): Claims => {
  const of = (i: 0 | 1) => ({
    word: word[i],
    headline: [
      'Nothing that was checked contradicts the claim. A part of the training was checked step by step.',
      '확인한 것 가운데 주장과 어긋나는 것은 없습니다. 학습의 일부만 단계별로 확인했습니다.',
    ][i],
    beginning: null,
    reach: reach[i],
    data: data[i],
    room: room?.[i] ?? null,
  });
  return { en: of(0), ko: of(1) };
};

const sampled = claims(
  ['Holds (sampled)', '성립 (표본)'],
  [
    '24% of the steps were trained again. A single forged segment would have been seen with a chance of 6.8%; several with a higher one.',
    '전체 단계의 24%를 다시 학습했습니다. 위조된 구간이 하나라면 6.8%의 확률로 드러났을 것이고, 여럿이라면 더 높습니다.',
  ],
  [
    'Unseen with an even chance, a forger can have planted at most 13.4% of the way that the weights went.',
    '절반의 확률로 드러나지 않으려는 위조자가 심을 수 있었던 것은 가중치가 움직인 길의 최대 13.4%입니다.',
  ],
);

const shownAudit: ShownAudit = {
  verdict: 'holds',
  witnessed: false,
  extent: 'sampled',
  data: 'texts',
  share: 0.24,
  chance: 0.068,
  room: 0.134,
  claim: sampled,
};

const joined: JoinedAudits = {
  witnessed: false,
  verdict: 'holds',
  extent: 'sampled',
  claim: claims(
    ['Holds (sampled, by 3 auditors)', '성립 (표본, 검증자 3명)'],
    [
      '71% of the steps were trained again. That says nothing about how likely a forgery would have been found.',
      '전체 스텝의 71%를 다시 학습했습니다. 위조가 있었다면 드러났을 확률이 얼마인지는 이것으로 알 수 없습니다.',
    ],
    null,
    ['Where the texts come from is not a part of these reports.', '텍스트의 출처는 이 보고서들에 들어 있지 않습니다.'],
  ),
  seal: hex(33),
  steps: 384,
  trained: 273,
  segments: 32,
  chance: null,
  room: null,
  auditors: [
    { key: hex(80), by: 'office', segments: 4, steps: 48 },
    { key: hex(81), by: 'consortium:bellflower', segments: 12, steps: 144 },
    { key: hex(82), by: 'auditor:kim-of-the-national-laboratory', segments: 8, steps: 96 },
  ],
  reports: [
    { digest: hex(90), by: 'office', key: hex(80), verdict: 'holds', reason: null },
    { digest: hex(91), by: 'consortium:bellflower', key: hex(81), verdict: 'holds', reason: null },
    { digest: hex(92), by: 'auditor:kim-of-the-national-laboratory', key: hex(82), verdict: 'holds', reason: null },
    {
      digest: hex(93),
      by: 'consortium:camellia',
      key: hex(83),
      verdict: 'holds',
      reason: "was made on a machine that holds the maker's key",
    },
  ],
  spans: [
    { from: 1, to: 1, steps: 12, by: [0, 1] },
    { from: 2, to: 12, steps: 132, by: [1] },
    { from: 13, to: 20, steps: 93, by: [] },
    { from: 21, to: 28, steps: 96, by: [2] },
    { from: 29, to: 30, steps: 18, by: [] },
    { from: 31, to: 32, steps: 33, by: [0] },
  ],
};

export const log: LogPage = {
  head: { seq: 61, link: hex(61) },
  entries: Array.from({ length: 50 }, (_, i) => {
    const kinds = [
      'form-committed',
      'judgement-given',
      'submission-audited',
      'score-entered',
      'finding-signed',
    ] as const;
    const kind = kinds[i % kinds.length];
    const withheld = kind === 'judgement-given';
    return {
      seq: 12 + i,
      time: DAY,
      actor: withheld ? null : 'office:kim',
      kind,
      link: hex(i),
      data: withheld
        ? null
        : { stage: 'stage-2', consortium: TEAMS[i % 4].id, part: 'blocks.experts', note: '<script>alert(1)</script>' },
      names: {
        stage: title('Second stage', '2단계'),
        consortium: TEAMS[i % 4].name,
        part: title('Experts', '전문가 평가'),
      },
      claim:
        kind === 'submission-audited'
          ? { en: `${sampled.en.word}. ${sampled.en.data}`, ko: `${sampled.ko.word}. ${sampled.ko.data}` }
          : null,
      withheld,
    };
  }),
};

export const overview: Overview = {
  programme: {
    id: 'practice',
    name: title('Practice programme', '연습 프로그램'),
    mode: 'practice',
    created: DAY,
    officeKey: hex(5),
  },
  head: log.head,
  consortia: TEAMS.map(({ id, name }, i) => ({
    id,
    name,
    lead: { id: `${id}-models`, name: title(`${name.en} Models`, `${name.ko} 모델`) },
    members: 2 + i,
    othersUnknown: false,
    roles: ['model', 'data-center'],
    status: ['active', 'active', 'out: points', 'out: veto'][i],
  })),
  stages: [
    {
      id: 'stage-1',
      title: title('First stage', '1단계'),
      status: 'final',
      consortia: TEAMS.map(({ id }) => id),
      outcomes: { azalea: 'kept', bellflower: 'kept', camellia: 'out', dandelion: 'out' },
      opened: DAY,
      closed: DAY,
      dates: { opens: null, closes: null, appealsUntil: null },
    },
    {
      id: 'stage-2',
      title: title('Second stage', '2단계'),
      status: 'open',
      consortia: ['azalea', 'bellflower'],
      outcomes: {},
      opened: DAY,
      closed: null,
      dates: { opens: null, closes: '2027-01-10T06:00:00Z', appealsUntil: '2027-01-24T06:00:00Z' },
    },
  ],
  applications: { rejected: 6, selected: 4 },
  ruleBooks: 2,
  announced: [
    {
      id: 'stage-3',
      title: title('Third stage', '3단계'),
      dates: { opens: '2027-03-01T00:00:00Z', closes: '2027-06-01T00:00:00Z', appealsUntil: null },
    },
  ],
  due: [
    {
      text: title('No audited submission of Bellflower', '검증을 마친 제출물이 없는 팀: 도라지'),
      at: { page: 'stage', of: 'stage-2', act: 'submit' },
      until: '2026-01-10T06:00:00Z',
      late: true,
    },
    {
      text: title('Experts: 1 of 2 experts’ forms', '전문가: 전문가 평가서 2부 중 1부 접수'),
      at: { page: 'stage', of: 'stage-2', act: null },
      until: '2027-01-10T06:00:00Z',
      late: false,
    },
  ],
  firstSteps: [],
  jobs: [{ id: 7, kind: 'audit', submission: 'azalea-2', status: 'running' }],
  facts: [
    {
      text: title('Budget of the programme, in billion won', '사업 예산(십억 원)'),
      value: 530,
      source: [{ publisher: 'a made-up newspaper', date: '2026-01-15', url: 'https://example.org/1' }],
      derived: null,
      verified: false,
      official: false,
    },
  ],
};

export const lackingToOpen: LackingToOpen = {
  lacking: TEAMS.slice(0, 2).map(({ id, name }) => ({
    consortium: id,
    text: title(
      `${name.en} has not registered a key: without a key the rule book's veto excludes it`,
      `${name.ko}: 키를 등록하지 않았습니다. 키가 없으면 규정집의 독자성 기준에 따라 탈락합니다.`,
    ),
  })),
};

export const consortium: ConsortiumPage = {
  id: 'azalea',
  name: TEAMS[0].name,
  status: 'active',
  makerKey: hex(9),
  lead: { id: 'azalea-models', name: title('Azalea Models', '진달래모델'), country: 'XX', roles: ['model'] },
  members: [
    { id: 'azalea-halls', name: title('Azalea Halls', '진달래센터'), country: 'XX', roles: ['data-center', 'cloud'] },
  ],
  othersUnknown: false,
  stages: [
    {
      id: 'stage-1',
      title: title('First stage', '1단계'),
      status: 'final',
      outcome: 'kept',
      reason: null,
      overturned: null,
      lacks: [],
      findings: [],
    },
    {
      id: 'stage-2',
      title: title('Second stage', '2단계'),
      status: 'open',
      outcome: null,
      reason: null,
      overturned: null,
      lacks: [],
      findings: [],
    },
  ],
  submissions: [
    {
      id: 'azalea-1',
      stage: 'stage-1',
      status: 'evaluated',
      digest: hex(70),
      audit: shownAudit,
      bytes: 48_213_004,
      received: DAY,
      late: false,
    },
    {
      id: 'azalea-2',
      stage: 'stage-2',
      status: 'refused: too-many-steps: the recipe asks for 9000 steps',
      reasonKo: '레시피의 스텝 수 9000회가 규정집의 한도를 넘습니다.',
      digest: hex(71),
      audit: null,
      bytes: 1_200_000,
      received: DAY,
      late: true,
    },
  ],
  source: null,
};

const interval = (value: number, by: number): [number, number] => [value - by, value + by];
const figure = (value: number, by: number) => ({ value, interval: interval(value, by), source: null });

export const report: StageReport = {
  programme: { id: 'practice', name: title('Practice programme', '연습 프로그램'), mode: 'practice' },
  stage: {
    id: 'stage-1',
    title: title('First stage', '1단계'),
    status: 'decided',
    opened: DAY,
    closed: DAY,
    appealsUntil: null,
    lacking: [],
  },
  ruleBook: {
    name: 'practice-stage-1',
    version: 1,
    digest: hex(3),
    points: 100,
    kept: 2,
    veto: true,
    components: ['tokenizer', 'embeddings', 'attention', 'mlp', 'data'],
    decimals: 1,
    published: null,
  },
  blocks: [
    {
      path: 'blocks.benchmark',
      title: title('Benchmarks', '벤치마크'),
      points: 40,
      kind: 'parts',
      asked: null,
      parts: [
        {
          path: 'blocks.benchmark.parts.language',
          title: title('Text that was held out', '학습에 쓰지 않은 텍스트'),
          points: 10,
          kind: 'tasks',
          asked: null,
        },
        {
          path: 'blocks.benchmark.parts.understanding',
          title: title('Words and sentences', '낱말과 문장'),
          points: 30,
          kind: 'tasks',
          asked: title('120 independent items', '독립 문항 120개'),
        },
      ],
    },
    {
      path: 'blocks.experts',
      title: title('Experts', '전문가 평가'),
      points: 35,
      kind: 'forms',
      asked: title('5 experts', '전문가 5명'),
      parts: [],
    },
    {
      path: 'blocks.users',
      title: title('Users', '사용자 평가'),
      points: 25,
      kind: 'judgements',
      asked: title('20 users, 240 judgements', '사용자 20명, 비교 240회'),
      parts: [],
    },
  ],
  teams: TEAMS.map(({ id, name }, i) => {
    const total = [71.4, 68.8, 66.2, 64.9][i];
    return {
      id,
      name,
      place: i + 1,
      total: figure(total, 3.4 + i),
      figures: {
        'blocks.benchmark': figure(total * 0.4, 1.2),
        'blocks.benchmark.parts.language': figure(total * 0.1, 0.2),
        'blocks.benchmark.parts.understanding': figure(total * 0.3, 1),
        'blocks.experts': figure(total * 0.35, 2),
        'blocks.users': i === 3 ? { value: 'not published', interval: null, source: null } : figure(total * 0.25, 2.2),
      },
      // A team that a veto excludes has no chance of a place.
      places: [[0.71, 0.2, 0.09], [0.23, 0.55, 0.22], [0.06, 0.25, 0.69], null][i],
      keptChance: [0.91, 0.78, 0.31, null][i],
      outcome: (['kept', 'kept', 'out', 'out'] as const)[i],
      reason: ([null, null, 'points', 'veto'] as const)[i],
      overturned: null,
      lacks: [],
    };
  }),
  decisionSource: null,
  statistics: { draws: 10_000, level: 0.9, seed: hex(8), version: 2 },
  notKnown: null,
  warnings: [],
  appealUpheld: false,
  moves: { points: { far: 2.36, kept: 'bellflower', out: 'camellia' }, share: null },
  comparisons: null,
  findings: [
    {
      team: 'dandelion',
      component: 'tokenizer',
      verdict: 'frozen-foreign',
      by: 'Panel',
      signed: true,
      text: 'The merges are those of another model, in the same order, and were never changed.',
      source: null,
    },
    {
      team: 'azalea',
      component: 'attention',
      verdict: 'own',
      by: 'Panel',
      signed: true,
      text: 'Replayed from its seed.',
      source: null,
    },
  ],
  audits: [],
  withheld: ['weights'],
  facts: [],
  appeals: [],
  log: { seq: 61, link: hex(61), signatures: [{ what: 'decision', seq: 58, key: hex(5), time: DAY }] },
};

const PARTS: StagePage['parts'] = [
  { path: 'blocks.benchmark.parts.language', title: title('Text', '텍스트'), points: 10, kind: 'tasks' },
  { path: 'blocks.cost', title: title('Cost', '비용'), points: 30, kind: 'entered' },
  { path: 'blocks.experts', title: title('Experts', '전문가 평가'), points: 35, kind: 'forms' },
  { path: 'blocks.users', title: title('Users', '사용자 평가'), points: 25, kind: 'judgements' },
];

type Part = NonNullable<NonNullable<StagePage['comparisons']>[number]['parts']>[number];
const part = (verdict: Part['verdict'], word: string, koWord: string, seen: string, koSeen: string): Part => ({
  verdict,
  name: { en: 'MLP units', ko: 'MLP 유닛' },
  word: { en: word, ko: koWord },
  seen: { en: seen, ko: koSeen },
});
const SHARED = part(
  ...(['shares', 'shares weights', '가중치 공유'] as const),
  '1,970 of 1,971 matched units stand in the same place; by chance at most 1 in 10⁵⁰⁶',
  '짝지은 유닛 1,971개 가운데 1,970개가 같은 자리에 있음; 우연히 이렇게 될 확률은 10⁵⁰⁶분의 1 이하',
);
const UNSHARED = part(
  ...(['none', 'no evidence', '증거 없음'] as const),
  '4 of 1,650 matched units stand in the same place; no more than chance gives in so many tests',
  '짝지은 유닛 1,650개 가운데 4개가 같은 자리에 있음; 이만큼 여러 번 검사하면 우연히도 나오는 수준',
);
const compared = { tokenizer: null, problem: null };
const COMPARISONS: StagePage['comparisons'] = [
  {
    ...{ ...compared, submission: 'azalea-2', consortium: 'azalea', seq: 48, parts: [UNSHARED] },
    with: { kind: 'reference', id: 'Known <b>model</b>', consortium: null },
  },
  {
    ...{ ...compared, submission: 'bellflower-2', consortium: 'bellflower', seq: 49, parts: [SHARED] },
    with: { kind: 'submission', id: 'azalea-2', consortium: 'azalea' },
  },
  {
    ...{ ...compared, submission: 'bellflower-2', consortium: 'bellflower', seq: null, parts: null },
    with: { kind: 'reference', id: 'Known <b>model</b>', consortium: null },
    problem: { en: 'not compared yet', ko: '아직 비교하지 않음' },
  },
];
const proposal = { submission: 'bellflower-2', consortium: 'bellflower', verdict: 'derived' } as const;
const PROPOSALS: StagePage['proposals'] = [
  {
    ...{ ...proposal, id: 'c-0123456789abcdef-mlp', component: 'mlp', answer: null },
    from: { kind: 'submission', id: 'azalea-2', consortium: 'azalea' },
    said: {
      en: `MLP of Bellflower shares weights, or their initialisation, with Azalea. MLP units: shares weights (${SHARED.seen.en}). Who took from whom is not said.`,
      ko: `도라지의 다층 퍼셉트론(MLP): 가중치 또는 그 초기값의 출처가 진달래의 것과 같습니다. MLP 유닛: 가중치 공유 (${SHARED.seen.ko}). 누가 누구의 것을 가져갔는지는 알 수 없습니다.`,
    },
  },
];

const stage: StagePage = {
  id: 'stage-2',
  title: title('Second stage', '2단계'),
  status: 'open',
  ruleBook: { digest: hex(3), name: 'practice-stage-1', version: 1, title: title('Practice stage', '연습 단계') },
  consortia: TEAMS.slice(0, 2),
  components: ['tokenizer', 'embeddings', 'attention', 'mlp', 'data'],
  parts: PARTS,
  opened: DAY,
  closed: null,
  dates: { opens: null, closes: '2027-01-10T06:00:00Z', appealsUntil: '2027-01-24T06:00:00Z' },
  lacking: overview.due.map(({ text }) => text),
  submissions: [
    {
      id: 'azalea-2',
      consortium: 'azalea',
      status: 'audited',
      digest: hex(71),
      audit: shownAudit,
      bytes: 48_213_004,
      received: DAY,
      late: false,
    },
  ],
  forms: [{ id: 'form-1', part: 'blocks.experts', expert: 'kim', commitment: hex(44), form: null }],
  experts: [
    {
      expert: 'kim',
      assigned: ['blocks.experts'],
      given: ['blocks.experts'],
      interests: { organisation: null, teams: [] },
    },
    {
      expert: 'lee',
      assigned: [],
      given: [],
      interests: { organisation: title('Azalea Halls', '진달래센터'), teams: ['azalea'] },
    },
  ],
  judgements: 3,
  questions: null,
  findings: [],
  comparisons: null,
  proposals: [],
  appeals: [],
  report: null,
  mayDo: [],
};

const ALLOWED_ACTIONS: Record<Me['viewer']['role'], StagePage['mayDo']> = {
  office: ['close', 'score', 'submit', 'finding'],
  consortium: ['submit'],
  expert: ['form'],
  evaluator: ['judge'],
  auditor: [],
  public: [],
};

export const openStage = (role: Me['viewer']['role']): StagePage => ({
  ...stage,
  mayDo: ALLOWED_ACTIONS[role],
  lacking: role === 'office' ? stage.lacking : [],
  ...(role === 'office' && { comparisons: COMPARISONS, proposals: PROPOSALS }),
});

export const decidedStage = (role: Me['viewer']['role']): StagePage => ({
  ...stage,
  id: 'stage-1',
  title: title('First stage', '1단계'),
  status: 'decided',
  closed: DAY,
  consortia: TEAMS,
  lacking: [],
  forms: [
    {
      id: 'form-1',
      part: 'blocks.experts',
      expert: 'kim',
      commitment: hex(44),
      form: { scores: {}, comment: 'A clear plan <img src=x onerror=alert(1)>.' },
    },
  ],
  judgements: 42,
  questions: 12,
  comparisons: COMPARISONS,
  proposals: PROPOSALS.map((one) => ({ ...one, answer: { kind: 'rejected', by: 'Panel', reason: 'One seed.' } })),
  report,
  appeals: [
    { id: 'appeal-1', consortium: 'dandelion', text: 'The tokenizer was trained by us.', outcome: null, answer: null },
  ],
  mayDo: role === 'office' ? ['answer'] : role === 'consortium' ? ['appeal'] : [],
});

const CRITERIA = [
  { id: 'method', title: title('Method', '방법론'), points: 15 },
  { id: 'evidence', title: title('Evidence', '증거'), points: 10 },
  { id: 'plan', title: title('Plan', '계획'), points: 10 },
];

export const blank: BlankForm = {
  state: 'open',
  organisations: [],
  part: 'blocks.experts',
  title: title('Experts', '전문가 평가'),
  criteria: CRITERIA,
  teams: TEAMS.slice(0, 2),
  lacking: [{ en: 'No audited submission of Bellflower', ko: '검증을 마친 제출물이 없는 팀: 도라지' }],
  given: null,
};

const CHECKS = ['structure', 'schedule', 'origin', 'data', 'policy', 'motion', 'replay'].map((name, i) => ({
  name,
  verdict: i === 3 ? ('incomplete' as const) : ('holds' as const),
  detail:
    i === 3 ? 'nobody counter-signed before the first step' : '190 records, every link and digest as it should be',
  // The last one was recorded in English only.
  ...(i < 6 && {
    ko: i === 3 ? '첫 스텝 전에 확인 서명한 기관이 없습니다.' : '기록 190개의 고리와 해시값이 모두 맞습니다.',
  }),
}));

export const submission: SubmissionPage = {
  id: 'azalea-1',
  stage: 'stage-1',
  stageTitle: title('First stage', '1단계'),
  consortium: 'azalea',
  consortiumName: TEAMS[0].name,
  kind: 'bundle',
  status: 'evaluated',
  digest: hex(70),
  sameRun: [],
  bytes: 48_213_004,
  received: DAY,
  late: false,
  maker: hex(9),
  audit: { ...shownAudit, office: null, checks: CHECKS },
  joined,
  mayAudit: true,
  evaluations: [
    { task: 'cloze-en', metric: 'acc', value: 0.4125, stderr: 0.0155, n: 1000 },
    { task: 'held-out', metric: 'bits_per_byte', value: 2.2871, stderr: null, n: 310 },
  ],
  mayContinue: true,
  withheld: [],
};

export const books: RuleBookRow[] = [
  {
    digest: hex(3),
    name: 'practice-stage-1',
    version: 1,
    title: title('Practice stage', '연습 단계'),
    registeredSeq: 9,
    selects: true,
  },
];

export const book: RuleBookPage = {
  digest: hex(3),
  name: 'practice-stage-1',
  version: 1,
  registered: DAY,
  text: 'name: practice-stage-1\nversion: 1\ntitle: { en: Practice stage, ko: 연습 단계 }\n',
  book: {
    formatVersion: 1,
    name: 'practice-stage-1',
    version: 1,
    record: false,
    title: title('Practice stage', '연습 단계'),
    eligibility: { leadCountries: ['XX'], roles: ['model', 'data-center'], minimumMembers: 2 },
    selection,
    originality: {
      veto: true,
      components: stage.components,
      excludes: ['derived', 'frozen-foreign'],
      audit: { holds: true, makerKey: true, lodged: false },
    },
    points: 100,
    blocks: [
      {
        id: 'benchmark',
        title: title('Benchmarks', '벤치마크'),
        points: 10,
        source: {
          kind: 'parts',
          parts: [
            {
              id: 'language',
              title: title('Text that was held out', '학습에 쓰지 않은 텍스트'),
              points: 10,
              source: {
                kind: 'tasks',
                tasks: [
                  {
                    task: 'held-out',
                    digest: null,
                    metric: 'bits_per_byte',
                    weight: 1,
                    scale: { floor: 8, ceiling: 1 },
                  },
                  { task: 'definitions', digest: null, metric: 'acc', weight: 1, scale: 'best-reference' },
                ],
              },
            },
          ],
        },
      },
      {
        id: 'cost',
        title: title('Cost', '비용'),
        points: 30,
        source: { kind: 'entered', by: title('an accountant', '회계사') },
      },
      {
        id: 'experts',
        title: title('Experts', '전문가 평가'),
        points: 35,
        source: { kind: 'forms', experts: 2, average: 'mean', trim: 0, criteria: CRITERIA },
      },
      {
        id: 'users',
        title: title('Users', '사용자 평가'),
        points: 25,
        source: { kind: 'judgements', users: 3, minimumPerPair: 2, floor: 0, ceiling: 1 },
      },
    ],
    rounding: { decimals: 1 },
    kept: 2,
    tieBreak: ['benchmark', 'users', 'equal'],
    target: {
      share: 0.95,
      months: 6,
      references: [
        {
          model: 'Made-up reference',
          released: '2026-01-01',
          scores: { definitions: 0.9 },
          source: { publisher: 'made up' },
        },
      ],
    },
    publication: { scores: 'at-close', forms: 'at-close', judgements: 'at-close', audits: 'at-once', weights: 'never' },
    limits: {
      bundleBytes: 2 ** 30,
      trainingFlops: 1e14,
      parameters: 1e7,
      steps: 2000,
      auditSeconds: 1800,
      evalSeconds: 600,
    },
  },
};

const run = (id: string, state: RunInfo['state'], stepsDone: number): RunInfo => ({
  id,
  name: id.replace(/-\w+$/, ''),
  state,
  witnessed: id.startsWith('llama'),
  steps: state === 'broken' ? null : 1000,
  stepsDone: state === 'broken' ? null : stepsDone,
  loss: state === 'broken' ? null : 4.1327,
  valBitsPerByte: state === 'finished' && !id.startsWith('llama') ? 2.2871 : null,
  noted: DAY,
  sweep: /^seed-/.test(id) ? { id: 'small-sweep-88bb', name: 'small-sweep' } : null,
});
const answered = (entry: number, step: number | null, answer = 1) => ({
  entry,
  answer,
  time: `2026-03-0${1 + (entry % 9)}T03:04:05.678Z`,
  step,
  head: step === null ? null : hex(100 + entry),
  figures: step === null ? null : { loss: 2 + 40 / step, gradNorm: 1, learningRate: 1e-3 },
});
export const lodgings: Lodgings = {
  office: hex(31),
  head: hex(32),
  entries: 9,
  runs: [
    {
      run: hex(33),
      maker: hex(9),
      consortium: 'azalea',
      request: answered(1, null),
      heads: [answered(2, 12), answered(3, 24), answered(5, 36)],
      headCount: 3,
      seals: [answered(6, 36), answered(7, 36, 2)],
    },
  ],
};

export const runs = [
  run('hello-3f9a2c1b', 'running', 400),
  run('small-77aa21', 'finished', 1000),
  run('old-1234', 'unfinished', 120),
  run('odd-9999', 'broken', 0),
  run('seed-1-5e1f', 'finished', 1000),
  run('seed-2-5e2f', 'running', 300),
  run('llama-4b1d', 'finished', 1000),
];

export const runDetail = (id: string): RunDetail => ({
  ...(runs.find((one) => one.id === id) ?? runs[0]),
  folder: `/home/kim/runs/${id}`,
  recipe: 'name: hello\n',
  parameters: 2_412_672,
  tokens: 1_638_400,
  tokensPerSecond: 9120,
  secondsLeft: 310,
  maker: hex(9),
  stateRoot: hex(21),
  model: true,
  lastRecord: DAY,
  ...(id.startsWith('llama') && { recipe: null, tokens: null, tokensPerSecond: null, secondsLeft: null, model: false }),
});

/** A plausible loss, always the same for one step. */
const lossAt = (step: number) => 2.9 + 5.4 * Math.exp(-step / 120) + 0.14 * Math.sin(step * 12.9898) ** 3;

export function curve(from: number, to: number, points: number): Curve {
  const every = Math.max(1, Math.ceil((to - from + 1) / points));
  const step = Array.from({ length: Math.ceil((to - from + 1) / every) }, (_, i) => from + i * every);
  return {
    first: from,
    last: to,
    steps: to,
    every,
    step,
    loss: step.map(lossAt),
    gradNorm: step.map((at) => 0.4 + 0.2 * Math.sin(at) ** 2),
    learningRate: step.map((at) => 0.001 * Math.min(1, at / 20) * (0.1 + 0.9 * Math.cos((Math.PI * at) / 2000) ** 2)),
    validations: step
      .filter((at) => at % 50 === 0)
      .map((at) => ({ step: at, bitsPerByte: 1.4 + 2.2 * Math.exp(-at / 200) })),
    damaged: null,
  };
}

/** The finished run has an ancestor here, one elsewhere, and a child; the live one began with a foreign model. */
export const family = (finished: boolean): Family =>
  finished
    ? {
        ancestors: [
          { kind: 'run', seal: hex(41), run: { id: 'old-1234', name: 'old' }, learned: 'text' },
          { kind: 'run', seal: hex(42), run: null, learned: null },
        ],
        learned: 'conversations',
        complete: false,
        children: [
          { id: 'hello-3f9a2c1b', name: 'hello', learned: 'preferences' },
          { id: 'seed-1-5e1f', name: 'seed-1-with-a-name-that-is-too-long-for-its-box', learned: 'text' },
        ],
      }
    : {
        learned: 'text',
        ancestors: [{ kind: 'model', files: [{ name: 'model.safetensors', sha256: hex(43) }] }],
        complete: true,
        children: [],
      };

export const evidence = (sealed: boolean): Evidence => ({
  state: 'recorded',
  genesis: { digest: hex(31), signer: hex(9), madeAt: DAY, stateRoot: hex(30), steps: 1000, lodged: null },
  moves: [{ step: 210, from: hex(9), to: hex(34), time: DAY }],
  records: sealed ? 1000 : 400,
  head: hex(32),
  sessions: [
    { from: 1, to: 210, started: DAY, device: null },
    { from: 211, to: null, started: DAY, device: null },
  ],
  checkpoints: Array.from({ length: sealed ? 20 : 8 }, (_, i) => ({
    step: 50 * (i + 1),
    root: hex(100 + i),
    kept: i % 2 === 0,
    there: true,
  })),
  checkpointCount: sealed ? 20 : 8,
  seal: sealed
    ? { digest: hex(33), signer: hex(34), sealedAt: DAY, stateRoot: hex(21), head: hex(32), lodged: null }
    : null,
  witness: null,
  unreadable: [],
});

export const audit = (fraction: number): Audit => ({
  id: 'audit-1',
  run: 'small-77aa21',
  state: fraction < 1 ? 'running' : 'done',
  started: DAY,
  ended: fraction < 1 ? null : DAY,
  progress: fraction < 1 ? { check: 'replay', fraction } : null,
  verdict: fraction < 1 ? null : 'holds',
  witnessed: false,
  seal: fraction < 1 ? null : hex(3),
  standing:
    fraction < 1
      ? null
      : {
          beginning: { kind: 'drawn' },
          verdict: 'holds',
          extent: 'sampled',
          data: 'texts',
          share: 0.24,
          chance: 0.068,
        },
  claim: fraction < 1 ? null : sampled,
  checks: fraction < 1 ? [] : CHECKS,
  replayed: [],
  detection: null,
  error: null,
});

export const card: Card = {
  card: `---
license: apache-2.0
---
# small

A model of **2.4 million** parameters, made from scratch by \`jikji make\`.

## Data
| source | licence | share |
|---|---|---|
| WordNet | WordNet | 60% |
| Made-up texts | CC0 | 40% |

- trained on two cores
- <img src=x onerror=alert(1)> stays text

\`\`\`sh
jikji audit runs/small
\`\`\`
`,
  config: { architectures: ['LlamaForCausalLM'], hidden_size: 192, num_hidden_layers: 4, tie_word_embeddings: true },
  parameters: 2_412_672,
  tuned: true,
  scores: submission.evaluations!,
  files: [
    { path: 'model.safetensors', bytes: 9_650_688, sha256: hex(51) },
    { path: 'tokenizer.json', bytes: 181_002, sha256: hex(52) },
  ],
};

export const invitations: Invitation[] = [
  {
    id: 'i1',
    role: 'expert',
    programme: 'practice',
    consortium: null,
    consortiumName: null,
    note: 'for Lee',
    created: DAY,
    expires: '2026-12-20T05:12:00.000Z',
    usedBy: null,
  },
];
export const users: Person[] = [
  {
    user: 'kim',
    name: 'Kim Jikji',
    role: 'office',
    programme: null,
    consortium: null,
    consortiumName: null,
    blocked: false,
    created: DAY,
    lastSeen: DAY,
    reset: { made: DAY, expires: '2099-01-01T00:00:00.000Z', used: null },
  },
  {
    user: 'park',
    name: 'Park',
    role: 'auditor',
    programme: 'practice',
    consortium: null,
    consortiumName: null,
    blocked: false,
    created: DAY,
    lastSeen: DAY,
    reset: { made: DAY, expires: DAY, used: DAY },
  },
  {
    user: 'lee',
    name: 'Lee',
    role: 'consortium',
    programme: 'practice',
    consortium: 'azalea',
    consortiumName: TEAMS[0].name,
    blocked: true,
    created: DAY,
    lastSeen: null,
    reset: null,
  },
];
export const tokens: TokenInfo[] = [{ id: 't1', name: 'nightly report', created: DAY, expires: DAY, used: null }];

export const ownMail: OwnMail = {
  on: true,
  address: 'kim@ministry.example',
  pending: 'kim.jikji@ministry.example',
  lang: 'ko',
  kinds: ['stages', 'appeals'],
};
const notice = (id: number, more: Partial<OutboxNotice>): OutboxNotice => {
  const state = { status: 'sent' as const, attempts: 1, created: DAY, due: null, ended: DAY, error: null };
  return { id, kind: 'stages', user: 'lee', address: 'lee@azalea.example', ...state, ...more };
};
export const outbox: OutboxNotice[] = [
  notice(5, {
    kind: 'submissions',
    status: 'waiting',
    attempts: 2,
    due: DAY,
    ended: null,
    error: { why: 'postponed', reply: '451 4.7.1' },
  }),
  notice(4, { status: 'sending', ended: null, due: DAY }),
  notice(3, {
    kind: 'invitation',
    user: null,
    address: 'a.very.long.address.of.a.person@a-ministry-with-a-long-name.go.example',
    status: 'failed',
    error: { why: 'refused', reply: '550 5.1.1' },
  }),
  notice(2, { status: 'failed', error: { why: 'withdrawn', reply: null } }),
  notice(1, {}),
];
export const openid: OpenIdButton = { label: { en: 'Ministry log-in', ko: '부처 로그인' } };
export const identities: OwnIdentity[] = [
  { issuer: 'https://login.ministry.example', subject: '8f3a2c1b', linked: DAY, used: DAY, only: false },
];
