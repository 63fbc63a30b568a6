// The texts of notices: subject and body in the recipient's language. A text says that something happened and where to look, never what the
// rule book could withhold: a mail cannot be taken back. All links lead to this server.

import { plain } from '../../page-kit/text/index.ts';
import type { MailLang } from './kinds.ts';
import { EN } from './words/en.ts';
import { KO } from './words/ko.ts';

const MAX_NAME = 100;
const MAX_LINE = 400;
/** A scheme, a host with a top-level domain, or an address. Versions such as 4.0 are none. */
const LINK_LIKE = /:\/\/|@|\b(?:www|mailto|tel)\b|[\p{L}\p{N}-]\s?[.。．｡]\s?\p{L}{2,}/iu;

/** A name, or `id`, which has the form of ids in the log. */
export function nameInMail(name: string, id: string): string {
  const shown = plain(name, MAX_NAME);
  return shown === '' || LINK_LIKE.test(shown) ? id : shown;
}

/** A line of text without links; undefined if there is something like one in it. */
export function lineInMail(text: string): string | undefined {
  const shown = plain(text, MAX_LINE);
  return shown === '' || LINK_LIKE.test(shown) ? undefined : shown;
}

export interface Text {
  subject: string;
  body: string;
}

interface Title {
  en: string;
  ko?: string;
}
/** A programme or a stage. */
export interface Thing {
  id: string;
  title: Title;
}

const WORDS = { en: EN, ko: KO };
const titleIn = (lang: MailLang, { id, title }: Thing): string =>
  nameInMail((lang === 'ko' ? title.ko : undefined) ?? title.en, id);

const path = (...parts: string[]): string => parts.map(encodeURIComponent).join('/');

/** Writes the texts of notices with links to `origin`. */
export class Composer {
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  #chosen(lang: MailLang, subject: string, lines: string[], link: string): Text {
    const { why } = WORDS[lang];
    return {
      subject,
      body: [...lines, '', `${this.#origin}${link}`, '', '-- ', why, `${this.#origin}/account`, ''].join('\n'),
    };
  }

  #account(lang: MailLang, subject: string, lines: string[]): Text {
    return { subject, body: [...lines, '', '-- ', WORDS[lang].whyAccount, this.#origin, ''].join('\n') };
  }

  stage(lang: MailLang, what: 'opened' | 'closed' | 'decided' | 'final', programme: Thing, stage: Thing): Text {
    const words = WORDS[lang];
    const name = titleIn(lang, stage);
    const lines = [
      words.stageText[what],
      '',
      `${words.stageName} ${name}`,
      `${words.programme} ${titleIn(lang, programme)}`,
    ];
    return this.#chosen(lang, words.stage[what](name), lines, `/p/${path(programme.id)}/stages/${path(stage.id)}`);
  }

  submission(lang: MailLang, what: 'audited' | 'refused', programme: Thing, submission: string): Text {
    const words = WORDS[lang];
    const lines = [words.submissionText[what], '', `${words.programme} ${titleIn(lang, programme)}`];
    const link = `/p/${path(programme.id)}/submissions/${path(submission)}`;
    return this.#chosen(lang, words.submission[what](submission), lines, link);
  }

  appeal(lang: MailLang, programme: Thing, stage: Thing): Text {
    const words = WORDS[lang];
    const lines = [words.appealText, '', `${words.programme} ${titleIn(lang, programme)}`];
    const link = `/p/${path(programme.id)}/stages/${path(stage.id)}`;
    return this.#chosen(lang, words.appeal(titleIn(lang, stage)), lines, link);
  }

  /** `text`: what is due, in this language. */
  reminder(lang: MailLang, programme: Thing, text: string): Text {
    const words = WORDS[lang];
    const line = lineInMail(text);
    const lines = line === undefined ? [words.reminderUnnamed] : [words.reminderText, line];
    return this.#chosen(lang, words.reminder(titleIn(lang, programme)), lines, `/p/${path(programme.id)}`);
  }

  verification(lang: MailLang, user: string, token: string): Text {
    const words = WORDS[lang];
    return this.#account(lang, words.verification, [
      words.verificationText(user),
      '',
      `${this.#origin}/address#${token}`,
    ]);
  }

  addressChanged(lang: MailLang, user: string): Text {
    const words = WORDS[lang];
    return this.#account(lang, words.changed, [words.changedText(user)]);
  }

  /** `programme` null: for the office. */
  invitation(lang: MailLang, programme: Thing | null, token: string, until: Date): Text {
    const words = WORDS[lang];
    const name = programme ? titleIn(lang, programme) : words.everywhere;
    const lines = [words.invitationText, words.time(timeIn(lang, until)), '', `${this.#origin}/invitation#${token}`];
    return this.#account(lang, words.invitation(name), lines);
  }

  /** `page`: the path of the page that takes the token. */
  passwordReset(lang: MailLang, user: string, link: { page: string; token: string; until: Date }): Text {
    const words = WORDS[lang];
    const address = `${this.#origin}${link.page}#${link.token}`;
    return this.#account(lang, words.reset, [words.resetText(user), words.time(timeIn(lang, link.until)), '', address]);
  }
}

const KOREA_MS = 9 * 3_600_000;

/** To the minute: in UTC, in Korean in Korea's time. */
const timeIn = (lang: MailLang, time: Date): string =>
  new Date(time.getTime() + (lang === 'ko' ? KOREA_MS : 0)).toISOString().slice(0, 16).replace('T', ' ');
