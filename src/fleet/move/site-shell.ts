// Reaches a site with the user's own OpenSSH and rsync: their configuration, agent and known hosts decide who is let in. Jikji has no password
// and asks for none. What a site answers is untrusted until its shape was checked.

import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { z } from 'zod';
import { JikjiError, parseJson, shellWord } from '../../base/index.ts';
import type { SshAccess } from '../catalogue/types.ts';

const MAX_ANSWER = 64 << 20;
const MAX_ERRORS = 4000;

/** No prompts, nothing forwarded, and a line that is cut is noticed within half a minute. */
const SSH_OPTIONS = [
  ...['-T', '-o', 'BatchMode=yes', '-o', 'ForwardAgent=no', '-o', 'ForwardX11=no', '-o', 'ClearAllForwardings=yes'],
  ...['-o', 'ConnectTimeout=15', '-o', 'ServerAliveInterval=10', '-o', 'ServerAliveCountMax=3'],
];

const SSH_FAILED = 255;

const away = (site: string, what: string): JikjiError =>
  new JikjiError(
    'site-away',
    what,
    site,
    'try it by hand: ssh with your own configuration; then give the same call again',
  );

const strange = (site: string, what: string): JikjiError =>
  new JikjiError('site-answer', what, site, 'see whether the same release of Jikji is installed there');

interface Ended {
  code: number | null;
  out: string;
  errors: string;
}

interface Call {
  command: string;
  args: readonly string[];
  input?: string | Readable;
  signal: AbortSignal;
  onOutput?: (text: string) => void;
}

function run({ command, args, input, signal, onOutput }: Call): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], signal });
    let [out, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (onOutput) onOutput(text);
      else if (out.length + text.length <= MAX_ANSWER) out += text;
      else child.kill();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-MAX_ERRORS);
    });
    child.stdin.on('error', () => {}); // it has ended: its exit code says so
    if (typeof input === 'object') input.pipe(child.stdin);
    else child.stdin.end(input);
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') reject(error);
      else
        reject(
          new JikjiError(
            'program-missing',
            'is not installed here',
            command,
            `install it: apt-get install ${command === 'ssh' ? 'openssh-client' : command}`,
          ),
        );
    });
    child.on('close', (code) => resolve({ code, out, errors }));
  });
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';

/** A site, by its name in a catalogue and the way to it. */
export interface SiteAddress extends SshAccess {
  name: string;
}

/**
 * Runs Jikji at a site with `--json`, and gives what it printed.
 * @throws JikjiError `site-away`, `site-answer`, or the error that Jikji printed there, as one of this site
 */
export async function askSite<T>(
  site: SiteAddress,
  words: readonly string[],
  { input, shape, signal }: { input?: string; shape: z.ZodType<T>; signal: AbortSignal },
): Promise<T> {
  const command = [site.jikji, ...words, '--json'].map(shellWord).join(' ');
  const args = [...SSH_OPTIONS, '--', site.host, command];
  const { code, out, errors } = await run({ command: 'ssh', args, ...(input !== undefined && { input }), signal });
  if (code === SSH_FAILED) throw away(site.name, `cannot be reached: ${lastLine(errors) || 'ssh failed'}`);
  if (code === 127 || code === 126) throw strange(site.name, `has no Jikji at ${site.jikji}`);
  let answer: unknown;
  try {
    answer = parseJson(lastLine(out) === '' ? '' : out.trim().split('\n').at(-1)!);
  } catch (cause) {
    throw new JikjiError(
      'site-answer',
      `its Jikji ended with ${code} and no answer: ${lastLine(errors)}`,
      site.name,
      'call it there by hand',
      { cause },
    );
  }
  const failure = (answer as { error?: { message?: unknown; input?: unknown; hint?: unknown } }).error;
  if (failure)
    throw new JikjiError(
      'site-refuses',
      `${String(failure.message)} (${String(failure.input)})`,
      site.name,
      String(failure.hint),
    );
  const checked = shape.safeParse(answer);
  if (!checked.success) throw strange(site.name, 'its answer does not have the form of an answer');
  return checked.data;
}

/** Bytes a second to a site: random bytes, so that no compression helps, over one connection. */
export async function measureRate(site: SiteAddress, bytes: Buffer, signal: AbortSignal): Promise<number> {
  const time = async (input: Buffer): Promise<number> => {
    const started = performance.now();
    const { Readable } = await import('node:stream');
    const args = [...SSH_OPTIONS, '--', site.host, 'cat > /dev/null'];
    const { code, errors } = await run({ command: 'ssh', args, input: Readable.from([input]), signal });
    if (code !== 0) throw away(site.name, `cannot be reached: ${lastLine(errors) || `ssh ended with ${code}`}`);
    return (performance.now() - started) / 1000;
  };
  const connecting = await time(Buffer.alloc(1));
  return bytes.length / Math.max(1e-3, (await time(bytes)) - connecting);
}

/** How often rsync is called again after the line was cut, and the seconds between. */
const ATTEMPTS = 5;
const WAIT_SECONDS = 5;

/** Exit codes of rsync(1) for a line that was cut or a time-out. */
const CUT = [10, 12, 30, 35, SSH_FAILED];

export interface Carried {
  from: string;
  /** The folder at the site, which exists. */
  to: string;
  paths: readonly string[];
  signal: AbortSignal;
  onProgress: (bytes: number) => void;
}

/**
 * Copies files to a site. What was sent before a cut is not sent again. Says nothing of what arrived: the site's digests do.
 * @throws JikjiError `site-away`, `site-full`, `program-missing`
 */
export async function carry(site: SiteAddress, { from, to, paths, signal, onProgress }: Carried): Promise<void> {
  const ssh = ['ssh', ...SSH_OPTIONS].join(' ');
  const args = [
    ...['--times', '--perms', '--chmod=D700,F600', '--partial-dir=.rsync-partial', '--secluded-args', '--timeout=60'],
    // The site's digests say what it lacks: neither a clock nor a damaged copy makes a file look carried.
    ...['--ignore-times', '--info=progress2', '--no-inc-recursive'],
    ...['--files-from=-', '--from0', '-e', ssh, '--', `${from}/`, `${site.host}:${to}/`],
  ];
  for (let attempt = 1; ; attempt++) {
    const { code, errors } = await run({
      ...{ command: 'rsync', args, input: paths.map((path) => `${path}\0`).join(''), signal },
      onOutput: (text) => {
        const [, sent] = /([\d,]+)\s+\d+%[^\r\n]*$/.exec(text) ?? [];
        if (sent !== undefined) onProgress(Number(sent.replaceAll(',', '')));
      },
    });
    if (code === 0) return;
    if (/No space left on device|Disk quota exceeded/i.test(errors))
      throw new JikjiError(
        'site-full',
        'has no room for the run',
        site.name,
        'free some space there, then give the same call again',
      );
    if (!CUT.includes(code ?? 0) || attempt === ATTEMPTS)
      throw away(site.name, `the files do not arrive: ${lastLine(errors) || `rsync ended with ${code}`}`);
    await setTimeout(1000 * WAIT_SECONDS, undefined, { signal });
  }
}
