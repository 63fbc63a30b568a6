// Signed audits that are joined by both verifiers.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mergeAudits } from '../../src/audit/index.ts';
import { EXCLUSIONS } from '../../src/audit/sentences/merge.ts';
import type { Both } from './both.ts';
import { close, sameRoom } from './compare.ts';

/** Joins these reports by both; `folder` is for their files. */
export async function judgeMerge(both: Both, folder: string, name: string, texts: readonly string[]): Promise<void> {
  const files = texts.map((text, i) => {
    const file = join(folder, `report-${i}.json`);
    writeFileSync(file, text);
    return { file, text };
  });
  const found = mergeAudits(files);
  const other = await both.python('merge.py', ...files.map(({ file }) => file));
  const names = (list: { file: string }[]) =>
    list
      .map(({ file }) => file)
      .sort()
      .join();
  const by = (list: { to: number; by: string[] }[]) => JSON.stringify(list.map(({ to, by }) => [to, by]));
  const forks = found.excluded.filter(({ reason }) => reason === EXCLUSIONS.fork.en);
  const same = {
    verdict: found.verdict === other.verdict,
    extent: found.extent === other.extent,
    seal: found.seal === other.seal,
    auditors: found.auditors.join() === other.auditors.join(),
    excluded: names(found.excluded) === names(other.excluded),
    forks: names(forks) === names(other.forks),
    segments: by(found.segments) === by(other.segments),
    trained: found.trained === other.trained,
    chance: close(found.chance, other.chance),
    room: sameRoom(found.room, other.room),
  };
  const differ = Object.entries(same).flatMap(([member, holds]) => (holds ? [] : [member]));
  const counts = `${other.verdict} (${other.extent}), ${other.auditors.length} of ${files.length} reports by keys that count`;
  both.tell(name, differ, counts, () => ({ ours: found, theirs: other }));
}
