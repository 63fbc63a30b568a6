// The kinds of notices. Those of `CHOSEN` go to verified addresses of people who want them; the others are about the address or the account
// itself.

export const CHOSEN = ['stages', 'submissions', 'appeals', 'reminders'] as const;
export type ChosenKind = (typeof CHOSEN)[number];

export const LANGS = ['en', 'ko'] as const;
export type MailLang = (typeof LANGS)[number];
