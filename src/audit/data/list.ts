// Checks the form and the length of a source's list of files. Its entries are the maker's word until the sources are compared.

import { parseJson } from '../../base/index.ts';
import type { Findings } from '../findings.ts';
import { broken, type RunFolder } from '../folder.ts';
import { DATA } from '../sentences/data.ts';
import type { Texts } from '../texts.ts';
import { readLines } from './records.ts';

export async function checkList(
  folder: RunFolder,
  { file, bytes, count }: Texts['lists'][number],
  findings: Findings,
  pause: () => Promise<void>,
): Promise<void> {
  try {
    let lines = 0;
    for await (const line of readLines(folder, file, bytes, pause)) {
      lines++;
      if (!isEntry(line)) throw broken(file, DATA.notEntry(lines));
    }
    if (lines !== count) findings.refuted(file, DATA.files(lines, count));
  } catch (error) {
    findings.caught(file, error);
  }
}

function isEntry(line: Buffer): boolean {
  try {
    const { path, bytes, sha256 } = parseJson(line.toString('utf8')) as {
      path: unknown;
      bytes: unknown;
      sha256: string;
    };
    const spelled = Buffer.from(JSON.stringify({ path, bytes, sha256 }));
    return (
      typeof path === 'string' && Number.isSafeInteger(bytes) && /^[0-9a-f]{64}$/.test(sha256) && spelled.equals(line)
    );
  } catch {
    return false;
  }
}
