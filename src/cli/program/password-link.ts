// `jikji program password-link`: a one-time link for a user's new password, also for the last user of the office.

import { JikjiError } from '../../base/index.ts';
import { calledAs } from '../called-as.ts';
import type { Output } from '../output.ts';
import { program as programRoom, users as usersRoom } from '../rooms.ts';
import { existingLocation } from './opened.ts';
import type { NewVerb } from './verb.ts';

export function addPasswordLink(verb: NewVerb, output: Output): void {
  verb('password-link', 'a one-time link with which a user of the server sets a new password')
    .example('password-link kim --origin https://console.example.kr')
    .argument('<user>', 'the name that the user logs in with')
    .option('--origin <url>', 'what people type to get to the server', 'http://localhost:1377')
    .action(async (user: string, { database, origin }: { database?: string; origin: string }) => {
      const address = originOf(origin);
      const [{ openStore }, { Users }] = await Promise.all([programRoom(), usersRoom()]);
      const store = await openStore(existingLocation(database).where);
      try {
        const { token, expires } = await (await Users.open(store)).resets.make(user, null);
        const link = `${address}/reset#${token}`;
        output.result({ user, link, expires }, () => {
          output.line(
            `A link for the new password of ${user}. It works once, until ${expires}, and ends all log-ins of the user:`,
          );
          output.line(`  ${link}`);
          output.line(`  The server must run on the same database: ${calledAs()} console`);
        });
      } finally {
        await store.close();
      }
    });
}

/** @throws JikjiError `origin-broken` */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new JikjiError(
    'origin-broken',
    'this is not an origin',
    `--origin ${text}`,
    'write for example https://console.example.kr',
  );
}
