// What the processes with hostile cases share: how an outsider and a maker change a file, and the answers to a test that asks for cases.

import { linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { JikjiError } from '../../base/index.ts';
import { HOSTILE, mutateBytes, mutateJson, Random } from '../../base/testing/mutate.ts';
import { canonicalJson, type Json, type Signer } from '../../ledger/index.ts';
import { preAuthentication } from '../../ledger/statement.ts';

/** Counts verdicts, and clear errors as if they were verdicts. */
export class Verdicts {
  readonly counts: Record<string, number> = {};

  count(verdict: string): void {
    this.counts[verdict] = (this.counts[verdict] ?? 0) + 1;
  }

  clear(): void {
    for (const name of Object.keys(this.counts)) delete this.counts[name];
  }

  /** Gives a description of an error that is not clear. */
  error(error: unknown): string | undefined {
    if (!(error instanceof JikjiError && error.code && error.hint)) return stackOf(error);
    this.count(error.code);
    return undefined;
  }
}

export const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** Bytes that differ from those before. */
export function mutated(
  bytes: Buffer,
  random: Random,
  mutate: (bytes: Buffer, random: Random) => Uint8Array = mutateBytes,
) {
  let other: Uint8Array = bytes;
  while (bytes.equals(other)) other = mutate(bytes, random);
  return other;
}

/** Puts a link, a pipe of `folder` or a folder in a file's place, or does one of `more`. */
export function replaceFile(path: string, folder: string, random: Random, more: (() => void)[]): void {
  rmSync(path);
  random.of([
    () => symlinkSync(join(folder, 'secret.txt'), path),
    () => symlinkSync('/dev/zero', path),
    () => symlinkSync(path, path),
    () => linkSync(join(folder, 'pipe'), path),
    () => mkdirSync(path),
    ...more,
  ])();
}

/** A statement is changed by who signs it, and signed again. */
export function signMutated(path: string, signer: Signer, random: Random): void {
  const envelope = JSON.parse(readFileSync(path, 'utf8'));
  const payload = Buffer.from(envelope.payload, 'base64');
  const bytes = Buffer.from(
    mutated(payload, random, () =>
      random.below(3) === 0
        ? mutateBytes(payload, random).subarray(0, 1 << 20)
        : Buffer.from(mutateJson(JSON.parse(payload.toString()) as Json, HOSTILE, random)),
    ),
  );
  const signatures = [{ keyid: signer.fingerprint, sig: signer.sign(preAuthentication(bytes)).toString('base64') }];
  writeFileSync(path, `${canonicalJson({ ...envelope, payload: bytes.toString('base64'), signatures })}\n`);
}

const writeLine = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * Reads lines `COUNT KIND`. For each it writes `at KIND N` before case N begins, a line of JSON for each case with a wrong outcome, and at
 * the end a line of JSON with counts.
 */
export async function serveCases<Kind extends string>(
  seed: number,
  begin: (kind: Kind) => Promise<{
    runCase(kind: Kind, random: Random): Promise<string | undefined>;
    verdicts: Verdicts;
    end?(): Promise<void>;
  }>,
): Promise<void> {
  for await (const line of createInterface(process.stdin)) {
    const [count, kind] = /^(\d+) (.+)$/.exec(line)!.slice(1) as [string, Kind];
    const cases = await begin(kind);
    for (let i = 0; i < Number(count); i++) {
      writeLine(`at ${kind} ${i}`);
      const wrong = await cases.runCase(kind, new Random(seed + i * 2654435761));
      if (wrong !== undefined) writeLine(JSON.stringify({ case: i, wrong }));
    }
    await cases.end?.();
    writeLine(JSON.stringify({ rss: process.resourceUsage().maxRSS * 1024, verdicts: cases.verdicts.counts }));
  }
}
