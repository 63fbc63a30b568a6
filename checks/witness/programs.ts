// Programs of PyTorch for `run.ts`: where they run, with which variables, and in how many ranks.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

export const HOUSE = join(import.meta.dirname, '../..');
/** All three libraries must take another instruction set: docs/witness.md. */
export const AVX2 = { ATEN_CPU_CAPABILITY: 'avx2', ONEDNN_MAX_CPU_ISA: 'AVX2', OPENBLAS_CORETYPE: 'Haswell' };
/** OpenBLAS takes Haswell by itself on processors that it does not know (Debian's on Zen 5): there another one gives other products. */
export const OTHERS = [AVX2, { ...AVX2, OPENBLAS_CORETYPE: 'SkylakeX' }];
const SECONDS = 600;

export interface ProgramResult {
  status: number | null;
  text: string;
}

export class Programs {
  readonly #work: string;
  /** The Python that all of them run in. */
  readonly interpreter: string;

  constructor(work: string, interpreter: string) {
    this.#work = work;
    this.interpreter = interpreter;
  }

  /** Runs a command in the folder of the check. */
  run(command: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<ProgramResult> {
    const env = {
      ...process.env,
      PYTHONPATH: [join(HOUSE, 'witness'), join(HOUSE, 'witness/tests')].join(':'),
      PYTHONDONTWRITEBYTECODE: '1',
      XDG_CONFIG_HOME: join(this.#work, 'config'),
      XDG_STATE_HOME: join(this.#work, 'state'),
      USE_LIBUV: '0',
      GLOO_SOCKET_IFNAME: 'lo',
      ...more,
    };
    const child = spawn(command, args, { cwd: this.#work, env, timeout: 1000 * SECONDS });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (piece) => {
        text += piece;
      });
    return new Promise((resolve, reject) => {
      child.on('error', ({ message }) =>
        reject(new Error(`${command}: ${message}; on Debian: apt-get install python3-torch python3-cryptography`)),
      );
      child.on('close', (status) => resolve({ status, text }));
    });
  }

  python(args: readonly string[], more?: Readonly<Record<string, string>>): Promise<ProgramResult> {
    return this.run(this.interpreter, args, more);
  }

  /** One process for each rank, which meet at a file. */
  inRanks(args: readonly string[], ranks: number, more: Readonly<Record<string, string>>): Promise<ProgramResult> {
    const start =
      'for RANK in $(seq 0 $((WORLD_SIZE - 1))); do RANK=$RANK LOCAL_RANK=$RANK "$@" & ids="$ids $!"; done; for id in $ids; do wait $id || exit 1; done';
    const meet = join(this.#work, `meet-${randomUUID()}`);
    return this.run('sh', ['-c', start, 'sh', this.interpreter, ...args], {
      ...more,
      WORLD_SIZE: String(ranks),
      MEET: meet,
    });
  }

  /** What a program prints here, and under other variables: lines of both. */
  async both(program: string, others: Readonly<Record<string, string>>): Promise<[string[], string[]]> {
    const lines: string[][] = [];
    for (const more of [{}, others]) {
      const { status, text } = await this.python(['-c', program], more);
      if (status !== 0) throw new Error(text.slice(-2000));
      lines.push(text.trim().split('\n'));
    }
    return lines as [string[], string[]];
  }
}
