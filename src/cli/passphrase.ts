// A passphrase: from JIKJI_PASSPHRASE, or typed without echo. It is neither stored nor printed.

import { JikjiError } from '../base/index.ts';

/** @throws JikjiError `no-terminal` without a terminal to ask at; `interrupted` on Ctrl-C */
export async function passphraseFor(what: string): Promise<string> {
  const given = process.env.JIKJI_PASSPHRASE;
  if (given) return given;
  const { stdin, stderr } = process;
  if (!stdin.isTTY) {
    throw new JikjiError(
      'no-terminal',
      `${what} needs a passphrase, and there is no terminal to ask at`,
      what,
      'set JIKJI_PASSPHRASE',
    );
  }
  stderr.write(`Passphrase for ${what}: `);
  stdin.setRawMode(true);
  stdin.resume();
  stdin.setEncoding('utf8');
  let typed = '';
  try {
    for await (const piece of stdin) {
      for (const letter of piece as string) {
        if (letter === '\r' || letter === '\n') return typed;
        if (letter === '\u0003') throw new JikjiError('interrupted', 'stopped', what, 'nothing was changed');
        if (letter === '\u007f') typed = typed.slice(0, -1);
        else typed += letter;
      }
    }
    return typed;
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}
