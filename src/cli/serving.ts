// `jikji console` and `jikji program serve`: run a server of programmes until it is stopped, with and without pages.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { JikjiError, shellWord } from '../base/index.ts';
import type { Signer } from '../ledger/index.ts';
import { type AddressOptions, addressOf, addressOptions } from './address-options.ts';
import { openBrowser } from './browser.ts';
import { calledAs } from './called-as.ts';
import { serveUntilInterrupted } from './interrupt.ts';
import { collect, defaultThreads, parseThreads, threadsOption } from './option-values.ts';
import { note, type Output } from './output.ts';
import { OFFICE_KEY, officeSigner, officeSignerAtHand, signerOrNew } from './program/office-key.ts';
import { locationOf } from './program/opened.ts';
import { api, type Served } from './rooms.ts';

const PORT = 1377;
const PAGES = fileURLToPath(new URL('../../dist/console', import.meta.url));

const BUILD_PAGES = fileURLToPath(new URL('../../scripts/build-console.mjs', import.meta.url));

/** Whether the pages were built from other sources than are here; a package has no sources. */
const areStale = (): boolean =>
  existsSync(BUILD_PAGES) && spawnSync(process.execPath, [BUILD_PAGES, '--check']).status === 3;

export interface ServingOptions extends AddressOptions {
  database?: string[];
  threads: number;
  mail?: string;
  openid?: string;
}

export const servingOptions = (command: Command): Command =>
  addressOptions(
    command.option(
      '--database <folder or url>',
      'where a programme lives; may be given several times, the first also keeps the users (default: $JIKJI_DATABASE, else a folder of your own)',
      collect,
    ),
    PORT,
  )
    .option('--mail <file>', 'how notices are sent by e-mail: a YAML file, see docs/notices.md')
    .option('--openid <file>', 'log-in by the office’s own OpenID provider: a YAML file, see docs/notices.md')
    .option(threadsOption[0], 'threads for audits and models', parseThreads, defaultThreads());

/** Opens the keys of offices on this machine, each once. */
function officeKeys() {
  const open = new Map<string, Promise<Signer>>();
  return {
    signer(tables: Parameters<typeof officeSigner>[0]): Promise<Signer> {
      const key = String(tables.all('programmes')[0]?.officeKey);
      let signer = open.get(key);
      if (!signer) {
        signer = officeSigner(tables);
        open.set(key, signer);
        signer.catch(() => open.delete(key)); // the key may appear later
      }
      return signer;
    },
    signerAtHand: officeSignerAtHand,
    newSigner: () => signerOrNew(OFFICE_KEY, note),
  };
}

/** Starts a server. `pages`: with the console. */
export async function startServing(options: ServingOptions, pages: boolean, version: string): Promise<Served> {
  if (pages && areStale())
    note(
      'The pages were built from older sources than those here; "npm run pages" builds them, then start this again.',
    );
  const databases = options.database ?? [undefined];
  const { serve, readMailSettings, readOpenIdSettings } = await api();
  const { mail, openid } = options;
  return serve({
    places: databases.map(locationOf),
    office: officeKeys(),
    version,
    ...addressOf(options, PORT),
    threads: options.threads,
    ...(pages && { pages: PAGES }),
    ...(mail !== undefined && { mail: readMailSettings(mail) }),
    ...(openid !== undefined && { openid: readOpenIdSettings(openid) }),
    onTrouble: (error) => {
      if (error instanceof JikjiError) note(`${error.message} (${error.input})\n  ${error.hint}`);
      else console.error(error);
    },
  });
}

/** The link of an invitation, which leads to `page` after it was accepted. */
function withNext(link: string, page: string): string {
  const url = new URL(link);
  if (page !== '') url.searchParams.set('next', page);
  return url.href;
}

/**
 * Prints the address and how to log in, waits for Ctrl-C, and closes the server. `open`: a path of the console, which a browser opens. `users`: the
 * database that keeps the users, if it was named.
 */
export async function serveUntilStopped(
  output: Output,
  server: Served,
  { what, open = '', users }: { what: string; open?: string; users?: string | undefined },
): Promise<void> {
  const first = server.first && withNext(server.first, open);
  output.result({ url: server.url, first: first ?? null }, () => {
    output.line(`${what} ${output.style('bold', server.url + open)}`);
    if (first) {
      output.line('Nobody of the office can log in yet. This link does, once, within a day:');
      output.line(`  ${first}`);
      output.line('  Until somebody has used one, each start prints a new one.');
    } else {
      const database = users === undefined ? '' : ` --database ${shellWord(users)}`;
      output.line('Runs and models of this machine are shown after log-in. Password forgotten: end this, then');
      output.line(`  ${calledAs()} program password-link USER${database}`);
    }
    output.line('Ctrl-C ends it.');
  });
  if (open !== '') openBrowser(first ?? server.url + open);
  await serveUntilInterrupted(server, () => output.line('\nStopping.'));
}

export function addConsole(program: Command, output: Output, version: string): void {
  servingOptions(
    program.command('console').description(
      `Shows programmes and the runs of this machine in the browser, and lets the people of a programme do their part there.
It does the office's work beside: what is submitted is audited and evaluated. It listens on this machine alone where nothing else is said.`,
    ),
  )
    .addHelpText(
      'after',
      `\nExample:\n  $ ${calledAs()} console\n  $ ${calledAs()} console --database practice --database korea`,
    )
    .action(async (options: ServingOptions) => {
      await serveUntilStopped(output, await startServing(options, true, version), {
        what: 'The console is at',
        users: options.database?.[0],
      });
    });
}
