// Where the training code of a witnessed run is run: a temporary folder with copies of the auditor's code files and links to his data files,
// each only after its digest was found to be the committed one. Nothing else is in it, so code that opens another file by its name fails.

import { createHash } from 'node:crypto';
import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, resolve } from 'node:path';
import type { Both } from '../../base/index.ts';
import { sha256Hex } from '../../ledger/index.ts';
import type { CheckContext } from '../structure.ts';
import type { FileList } from './files.ts';
import type { ReplayerOptions } from './replayer.ts';
import { WORKSPACE } from './sentences/replay.ts';

type Entry = FileList['files'][number];

const MAX_CODE_BYTES = 64 << 20;

/** Why the code cannot be run as the run committed to it. For the user. */
class Unfit extends Error {
  readonly why: Both;

  constructor(why: Both) {
    super(why.en);
    this.why = why;
  }
}

/** A file that the run committed to, as sentences name it. */
type Named = Parameters<typeof WORKSPACE.missing>[0];

/** A name that stays in its folder, with `/` between its parts. */
const isSafe = (name: string): boolean =>
  !/[\\\0]/.test(name) && !posix.isAbsolute(name) && posix.normalize(name) === name && name.split('/')[0] !== '..';

function sizeOf(path: string, named: Named): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) throw new Unfit(WORKSPACE.missing(named));
  return stat.size;
}

const differs = (named: Named, found: string, { sha256 }: Entry): Unfit =>
  new Unfit(WORKSPACE.differs(named, found, sha256));

/** A code file as the auditor has it: the first one by his path, the others where they lie beside it. */
function placeOf({ name }: Entry, first: Entry, code: string): string {
  if (name === first.name) return resolve(code);
  return resolve(dirname(code), posix.relative(posix.dirname(first.name), name));
}

export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'jikji-code-'));

  #place(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  }

  copyCode(files: readonly Entry[], code: string): void {
    for (const file of files) {
      const path = placeOf(file, files[0]!, code);
      const named: Named = { kind: 'code', name: file.name, folder: '' };
      if (sizeOf(path, named) > MAX_CODE_BYTES) throw new Unfit(WORKSPACE.tooLarge(named));
      const bytes = readFileSync(path);
      const found = sha256Hex(bytes);
      if (found !== file.sha256) throw differs(named, found, file);
      writeFileSync(this.#place(file.name), bytes);
    }
  }

  async linkData(files: readonly Entry[], data: string, { showProgress, signal }: CheckContext): Promise<void> {
    for (const file of files) {
      const path = resolve(data, file.name);
      const named: Named = { kind: 'data', name: file.name, folder: data };
      const size = sizeOf(path, named);
      const hash = createHash('sha256');
      let read = 0;
      for await (const piece of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
        hash.update(piece);
        read += piece.length;
        await showProgress(`reading ${file.name}`, size > 0 ? read / size : 1);
      }
      const found = hash.digest('hex');
      if (found !== file.sha256) throw differs(named, found, file);
      symlinkSync(path, this.#place(file.name));
    }
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * The folder, or why there is none. `given` is the auditor's.
 * @throws JikjiError `interrupted`
 */
export async function openWorkspace(
  { code, data }: { code?: FileList; data?: FileList },
  given: Pick<ReplayerOptions, 'code' | 'data'>,
  context: CheckContext,
): Promise<Workspace | Both> {
  const [first] = code?.files ?? [];
  if (!code || !data || !first) return WORKSPACE.noLists;
  const names = [...code.files, ...data.files].map(({ name }) => name);
  const odd = names.find((name) => !isSafe(name));
  if (odd !== undefined) return WORKSPACE.oddName(JSON.stringify(odd.slice(0, 200)));
  if (new Set(names).size < names.length) return WORKSPACE.twice;
  const workspace = new Workspace();
  try {
    workspace.copyCode(code.files, given.code);
    await workspace.linkData(data.files, given.data, context);
    return workspace;
  } catch (error) {
    workspace.close();
    if (error instanceof Unfit) return error.why;
    throw error;
  }
}
