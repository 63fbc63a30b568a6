// Words of a programme's overview and what is due, in English.

import { DEED_TITLES, TERMS } from '../../../page-kit/index.ts';
import { n } from './count.ts';

const terms = TERMS.en;

export const overview = {
  due: {
    title: 'What is due',
    nothing: 'Nothing is due.',
    until: 'until',
    late: 'late',
    done: 'done',
    firstSteps: 'First steps',
    firstLead: 'What comes before the first stage, in a sensible order.',
  },
  experts: {
    title: 'Experts',
    lead: 'Once an expert is assigned to a part, only assigned experts give its forms, after they have declared their interests. Each rates all teams. A form of somebody with an interest in a team does not count.',
    caption: 'Experts of this stage',
    none: 'No expert is assigned, and none has given a form.',
    parts: 'Assigned to',
    notAssigned: 'not assigned',
    interests: 'Interests',
    undeclared: 'not declared yet',
    noInterest: 'none declared',
    interested: 'rates nobody here',
    assign: DEED_TITLES.assign.en,
    assignLead: 'The expert finds the form among the things that are due.',
    release: 'Release',
    nobody: 'This programme has no experts yet. Invite them first.',
    declareLead: {
      teams:
        'Before you rate: do you belong to an organisation that takes part, or have you another interest in a team?',
      applications:
        'Before you see files and give points: do you belong to an organisation that applies, or have you another interest in an application?',
    },
    organisation: 'Your organisation',
    noOrganisation: 'None of these',
    interestIn: { teams: 'Another interest in a team', applications: 'Another interest in an application' },
    interestHint: 'For example a contract, a co-author, a share, a member of your family.',
    declare: 'Declare',
    declareNone: 'Declare that you have none',
    declareSome: 'Declare an interest',
    confirmNone: {
      teams:
        'You declare that you have no interest in any of these teams. The declaration is kept in the log under your name.',
      applications:
        'You declare that you have no interest in any of these applications. The declaration is kept in the log under your name.',
    },
    confirmSome: {
      teams:
        'With an interest you rate nobody in this stage. The declaration is kept in the log under your name, and cannot be taken back.',
      applications:
        'You see no files of the applications in which you have an interest, and give them no points. The declaration is kept in the log under your name, and cannot be taken back.',
    },
    declaration: 'Your interests',
    declared: (organisations: string, applications: string) =>
      `Declared: organisation: ${organisations}; other interests: ${applications}.`,
    declareMore: 'Declare another interest',
    toDeclare: 'Declare your interests on the page of the call first. Until then you see no files, and give no points.',
    interestedHere: 'You have an interest in this application, so you see no files, and give no points.',
    states: {
      interested: 'You have an interest in a team of this stage, so you rate nobody in it.',
      unassigned: 'Other experts are assigned to this part.',
    },
  },
  overview: {
    picture: 'The programme',
    pictureCaption: 'Consortia and the stages they went through',
    kept: 'goes on',
    out: 'out',
    competing: 'takes part',
    notIn: 'not in this stage',
    noConsortia: 'No consortium takes part yet.',
    noConsortiaHint: 'Add the organisations that take part, then form consortia of them.',
    noStages: 'No stage was opened yet.',
    noStagesHint: 'Register a rule book, then open the first stage under it.',
    notFinal: (stage: string) =>
      `${stage} is decided, and the decision is not final: an upheld appeal can change it, and no further stage can open.`,
    dueMore: (count: string) => `${count} more`,
    jobs: 'Running now',
    jobKinds: { audit: 'Audit', evaluate: 'Evaluation', compare: 'Comparison of weights' },
    jobStatus: { queued: 'waiting', running: 'running' },
    latest: 'Latest entries',
    wholeLog: 'The whole log',
    figures: 'In figures',
    consortia: 'Consortia',
    asOf: (day: string) =>
      `The newest entry of this record is of ${day}. What came later, as far as it is known here, stands under “Published about it”.`,
    stillIn: (active: string, all: string) => `${active} of ${all} ${active === '1' ? 'takes' : 'take'} part`,
    stages: 'Stages',
    entries: 'Log entries',
    applications: 'Applications',
    applicationSteps: {
      received: 'received',
      paper: 'passed on paper',
      presentation: 'presented',
      selected: 'selected',
      rejected: 'not selected',
    },
    facts: 'Published about it',
    unverified: terms.unverified,
    unofficial: terms.unofficial,
    derived: (how: string) => `worked out: ${how}`,
    lead: (name: string) => `led by ${name}`,
    members: (count: string) => n(count, 'member'),
    membersAtLeast: (count: string) => `at least ${n(count, 'member')}`,
    membersUnknown: 'other members not recorded',
    formConsortium: 'Form a consortium',
    openStage: DEED_TITLES.open.en,
    stageConsortia: 'Who takes part',
    stageConsortiaHint: 'All who are still in, where none is chosen.',
    warnings: 'Done, with warnings:',
    lacking: 'If you open the stage as things are:',
    lackingHint: 'A key is named on the page of the team, before the stage opens or while it is open.',
    titleEn: 'Title in English',
    titleKo: 'Title in Korean',
  },
  begin: {
    title: 'Begin',
    lead: 'This database holds no programme yet. Found one, or look around in an example.',
    practice: 'Practice',
    practiceText:
      'Made-up teams and a quick rule book that a model of a few minutes can play through, from the call to the decision.',
    korea: 'Korea 2025',
    koreaText: 'A record of what was published about Korea’s programme, every figure with its source.',
    take: 'Take this',
    found: 'Found a programme',
    mode: 'What it is',
    modes: { practice: 'Practice: to try things out', real: 'In force: for real teams, signed by the office' },
    go: 'Found the programme',
    onlyOffice: 'Only the programme office can begin one.',
  },
};
