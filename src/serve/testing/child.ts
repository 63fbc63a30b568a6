// A server of tiny models in a process of its own, so that its memory is its own and its end a finding.
// usage: fork(child.ts, [OPTIONS of serveModels as JSON]); it sends { url }, and answers 'memory' with { memory } and 'load' with nothing.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type ServeModelsOptions, serveModels } from '../server.ts';
import { SMALL } from './small.ts';

export interface Memory {
  /** Bytes now, after what nobody holds has been freed. */
  rss: number;
  /** The most bytes there have ever been. */
  peak: number;
}

export interface ServerChild {
  url: string;
  memory(): Promise<Memory>;
  /** What the server wrote about errors of its own. */
  readonly log: string;
  /** Why the process has ended; undefined while it runs. */
  readonly ended: string | undefined;
  close(): Promise<void>;
}

type Limits = Pick<ServeModelsOptions, 'texts' | 'maxWaiting' | 'maxSeconds'>;

/** Starts a server on loopback. */
export async function startServer(models: ServeModelsOptions['models'], limits: Limits): Promise<ServerChild> {
  const own = { ...SMALL, models, ...limits };
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(own)], {
    execArgv: ['--expose-gc', '--no-warnings', '--max-old-space-size=512'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let log = '';
  child.stderr!.on('data', (piece: Buffer) => {
    log = (log + piece).slice(-8000);
  });
  let ended: string | undefined;
  const end = new Promise<void>((resolve) => {
    child.on('exit', (code, signal) => {
      ended = `${signal ?? `exit code ${code}`}\n${log}`;
      resolve();
    });
  });
  const { url } = (await answer(child)) as { url: string };
  return {
    url,
    memory: async () => {
      child.send('memory');
      return ((await answer(child)) as { memory: Memory }).memory;
    },
    get log() {
      return log;
    },
    get ended() {
      return ended;
    },
    close: async () => {
      child.kill('SIGKILL');
      await end;
    },
  };
}

const answer = (child: ChildProcess) =>
  new Promise((resolve, reject) => {
    const gone = () => reject(new Error('the server has ended'));
    child.once('exit', gone);
    child.once('message', (message) => {
      child.off('exit', gone);
      resolve(message);
    });
  });

if (import.meta.main) {
  const server = await serveModels(JSON.parse(process.argv[2]!) as ServeModelsOptions);
  process.on('message', () => {
    (globalThis as unknown as { gc(): void }).gc();
    const memory = { rss: process.memoryUsage.rss(), peak: process.resourceUsage().maxRSS * 1024 } satisfies Memory;
    process.send!({ memory });
  });
  process.send!({ url: server.url });
}
