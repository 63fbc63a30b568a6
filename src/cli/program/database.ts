// `jikji program verify, backup, restore`: checks the database against its log, and copies it.

import { count, JikjiError, quantity } from '../../base/index.ts';
import { calledAs } from '../called-as.ts';
import { CheckFailed, type Output } from '../output.ts';
import { program as programRoom } from '../rooms.ts';
import { existingLocation, type Location, locationOf, type Room } from './opened.ts';
import type { NewVerb } from './verb.ts';

/** `57:3f9a...`, the link of an entry from a page or another copy. */
function parsePublished(text: string): { seq: number; link: string } {
  const found = /^(\d+):([0-9a-f]{64})$/.exec(text.trim().toLowerCase());
  if (found) return { seq: Number(found[1]), link: found[2]! };
  const hint = 'write for example --published 57:3f9a..., 64 hex digits';
  throw new JikjiError('usage', '--published takes ENTRY:LINK', text, hint);
}

/** Opens a database without building the state of its programme. */
async function withStore<T>(
  location: Location,
  work: (store: Store, location: Location, room: Room) => Promise<T>,
): Promise<T> {
  const room = await programRoom();
  const store = await room.openStore(location.where);
  try {
    return await work(store, location, room);
  } finally {
    await store.close();
  }
}

type Store = Awaited<ReturnType<Room['openStore']>>;
type Published = ReturnType<typeof parsePublished>;
type Checked = Awaited<ReturnType<Room['verifyProgramme']>>;

function describe(output: Output, checked: Checked, published: Published | undefined): void {
  const { entries, link, signatures, decisions, altered, isLogAltered } = checked;
  if (altered !== null) {
    output.line(`refuted: ${altered}`);
    if (isLogAltered)
      output.line(`  the log holds up to entry ${entries}; restore a backup: ${calledAs()} program restore --help`);
    return;
  }
  output.line(`holds: ${quantity(entries, 'entry', 'entries')}, ${quantity(signatures, 'signature')}`);
  if (decisions) output.line(`  decisions worked out anew: ${count(decisions)}, the same`);
  output.line(`  link of entry ${entries}  ${link}`);
  if (!published)
    output.line(
      '  A log that was cut at its end, or written anew as a whole, is told only by a link from elsewhere: --published ENTRY:LINK.',
    );
}

interface Common {
  database?: string;
}

export function addDatabase(verb: NewVerb, output: Output): void {
  verb('verify', 'check the log, the signatures in it, and decisions against their rules')
    .example('verify')
    .option('--published <entry:link>', 'an entry and its link as somebody else has them', parsePublished)
    .action(({ published, database }: Common & { published?: Published }) =>
      withStore(existingLocation(database), async (store, _, room) => {
        const checked = await room.verifyProgramme(store, published && { published });
        const { isLogAltered, ...result } = checked;
        output.result(result, () => describe(output, { ...result, isLogAltered }, published));
        if (checked.altered !== null) throw new CheckFailed();
      }),
    );

  verb('backup', 'write log and sealed forms into one file')
    .example('backup programme.backup')
    .argument('<file>', 'the file; it holds sealed forms, so keep it to yourself')
    .action((file: string, { database }: Common) =>
      withStore(existingLocation(database), async (store, { files }) => {
        const contents = await store.backup(file);
        output.result({ file, ...contents }, () => {
          output.line(`Wrote ${file}: ${quantity(contents.head.seq, 'entry', 'entries')}`);
          output.line(`  submissions are files; copy their folder too: ${files}`);
        });
      }),
    );

  verb('restore', 'fill an empty database from a backup')
    .example('restore programme.backup --database new')
    .argument('<file>', 'a file that backup wrote, or an encrypted one from the console')
    .option('--identity <file>', 'the age identity that opens an encrypted backup, as age-keygen writes it')
    .action((file: string, { database, identity }: Common & { identity?: string }) =>
      withStore(locationOf(database), async (store, { files }, room) => {
        const source = await room.openBackup(file, identity);
        const contents = await store.restore(file, new room.State(), source);
        output.result({ database: store.where, ...contents }, () => {
          output.line(`Restored ${quantity(contents.head.seq, 'entry', 'entries')} into ${store.where}`);
          output.line(`  put the folder of its submissions at ${files}`);
        });
      }),
    );
}
