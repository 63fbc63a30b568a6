// Users over a database, by a clock that tests set; each test begins without any.

import { beforeEach } from 'vitest';
import type { Tested } from '../../database/testing/harness.ts';
import { type Session, Users } from '../index.ts';
import './quick-passwords.ts';

export const PASSWORD = 'correct horse battery';
export const HOME = '192.0.2.1';
export const EXPERT = { role: 'expert', programme: 'p', consortium: null } as const;
export const OFFICE = { role: 'office', programme: null, consortium: null } as const;
export const who = (user: string) => ({ user, name: user.toUpperCase(), password: PASSWORD });

export class Bench {
  readonly tested: Tested;
  users!: Users;
  now = 0;

  constructor(tested: Tested) {
    this.tested = tested;
    beforeEach(async () => {
      await tested.clear();
      for (const table of ['resets', 'account_changes', 'sessions', 'accounts', 'invitations', 'users'])
        await tested.sql(`delete from jikji.${table}`);
      this.now = Date.UTC(2026, 0, 1);
      this.users = await this.open();
    });
  }

  open = () => Users.open(this.tested.store, { now: () => new Date(this.now) });

  /** The first user, kim of the office. */
  async office(): Promise<Session> {
    return this.users.accept((await this.users.firstInvitation())!, who('kim'), HOME);
  }

  async joined(
    by: Pick<Session, 'viewer'>,
    user: string,
    what: Parameters<Users['invite']>[1] = EXPERT,
  ): Promise<Session> {
    return this.users.accept((await this.users.invite(by.viewer, what)).token, who(user), HOME);
  }

  /** The time in so many milliseconds, as it is written. */
  isoIn = (milliseconds: number): string => new Date(this.now + milliseconds).toISOString();
}
