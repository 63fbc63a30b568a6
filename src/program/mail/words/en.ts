// What notices say, in English. Names stand in places of their own.

export const EN = {
  stage: {
    opened: (stage: string) => `Stage opened: ${stage}`,
    closed: (stage: string) => `Stage closed: ${stage}`,
    decided: (stage: string) => `Stage decided: ${stage}`,
    final: (stage: string) => `Decision final: ${stage}`,
  },
  stageText: {
    opened: 'A stage is open. Its page says what is asked of whom.',
    closed: 'A stage is closed. It takes no more submissions, forms or judgements.',
    decided: 'The office decided a stage. The decision is not final: teams can appeal.',
    final: 'The decision of a stage is final.',
  },
  submission: {
    audited: (submission: string) => `Submission audited: ${submission}`,
    refused: (submission: string) => `Submission refused: ${submission}`,
  },
  submissionText: {
    audited: 'The office’s audit of your submission has ended. Its page shows what was found.',
    refused: 'Your submission was refused. Its page says why.',
  },
  appeal: (stage: string) => `Your appeal has an answer: ${stage}`,
  appealText: 'The office answered your appeal. The page of the stage shows the answer.',
  reminder: (programme: string) => `Something is due: ${programme}`,
  reminderText: 'This is due:',
  reminderUnnamed: 'The page of the programme shows what is due.',
  verification: 'Confirm your address',
  verificationText: (user: string) =>
    `The user ${user} of this server wants notices at this address. Open the link within a day to confirm that. Until then, nothing else is sent here.\nIf this is not you, do nothing.`,
  changed: 'Your address for notices has changed',
  changedText: (user: string) =>
    `Notices for the user ${user} now go to another address. If you did not change that, ask the programme office.`,
  invitation: (programme: string) => `You are invited: ${programme}`,
  invitationText: 'The programme office invites you to take part. The link works once, and only until:',
  reset: 'Set a new password',
  resetText: (user: string) => `A new password can be set for the user ${user}. The link works once, and only until:`,
  everywhere: 'all programmes of this server',
  programme: 'Programme:',
  stageName: 'Stage:',
  time: (text: string) => `${text} UTC`,
  why: 'You get this because you chose it. Change that here:',
  whyAccount: 'This was sent once, about this address or account. Answers are not read.',
};
export type MailWords = typeof EN;
