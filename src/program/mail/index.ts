// Notices by e-mail: who is told what, the outbox, and the office's mail server. Knows no HTTP. Notices tell of what the log says; the log does
// not know of them.

export { requireAddress } from './address.ts';
export { CHOSEN, LANGS } from './kinds.ts';
export { Mail } from './mail.ts';
export type { Reminder } from './reminders.ts';
export { type MailSettings, readMailSettings } from './settings.ts';
