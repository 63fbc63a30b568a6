// A database with users and their verified addresses, a mail server, and a clock that tests set. For tests, over PGlite and PostgreSQL.

import type { Tested } from '../../database/testing/harness.ts';
import { Mail } from '../mail.ts';
import type { MailSettings } from '../settings.ts';
import type { Times } from '../smtp.ts';

export const ORIGIN = 'https://console.example';
const TABLES = [
  'outbox',
  'addresses',
  'mail_cursors',
  'identities',
  'openid_flows',
  'sessions',
  'accounts',
  'invitations',
  'users',
];

export interface Person {
  id: string;
  role?: string;
  programme?: string | null;
  consortium?: string | null;
  lang?: 'en' | 'ko';
  kinds?: string[];
  address?: string | null;
}

export class World {
  readonly tested: Tested;
  readonly clock = { now: Date.UTC(2026, 0, 1) };

  constructor(tested: Tested) {
    this.tested = tested;
  }

  get store() {
    return this.tested.store;
  }
  sql = (text: string, values?: unknown[]) => this.tested.sql(text, values);

  async clear(): Promise<void> {
    await this.tested.clear();
    for (const table of TABLES) await this.sql(`delete from jikji.${table}`);
    this.clock.now = Date.UTC(2026, 0, 1);
  }

  /** Users as they are in the database, with verified addresses `ID@people.example`. */
  async people(...people: Person[]): Promise<void> {
    const time = new Date(this.clock.now).toISOString();
    for (const { id, role = 'expert', programme = 'test', consortium = null, ...more } of people) {
      const place = role === 'office' ? null : programme;
      await this.sql('insert into jikji.users values ($1, $1, $2, $3, $4, false, $5, $5, null)', [
        id,
        role,
        place,
        consortium,
        time,
      ]);
      const {
        lang = 'en',
        kinds = ['stages', 'submissions', 'appeals', 'reminders'],
        address = `${id}@people.example`,
      } = more;
      const values = [id, address, lang, JSON.stringify(kinds), time];
      await this.sql('insert into jikji.addresses values ($1, $2, null, null, null, $3, $4, $5)', values);
    }
  }

  mail = (settings: MailSettings, times?: Times): Mail =>
    new Mail({
      store: this.store,
      settings,
      origin: ORIGIN,
      now: () => new Date(this.clock.now),
      ...(times && { times }),
    });

  /** Notices as the office sees them, in the order in which they were written. */
  outbox = async () => (await this.store.outbox.list(1000)).reverse();
}
