// API keys: a file with a line for each, "NAME SHA-256 of the key in hex". The keys themselves are nowhere.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { JikjiError } from '../base/index.ts';

const NAME = /^[\w.@-]{1,100}$/;
const LINE = /^(?<name>[\w.@-]{1,100}) +(?<hash>[0-9a-f]{64})$/;
/** Random bytes of a key. */
const KEY_BYTES = 32;

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

export class ApiKeys {
  readonly #keys: { name: string; hash: Buffer }[];

  /** Reads the text of a key file. @throws JikjiError `api-keys-broken` */
  constructor(text: string, file: string) {
    const lines = text.split('\n').map((line) => line.trim());
    this.#keys = lines.flatMap((line, i) => {
      if (line === '' || line.startsWith('#')) return [];
      const { name, hash } = LINE.exec(line)?.groups ?? {};
      if (name && hash) return [{ name, hash: Buffer.from(hash, 'hex') }];
      const hint = 'a line is a name and the SHA-256 of a key; jikji key api NAME writes one';
      throw new JikjiError('api-keys-broken', `line ${i + 1} is not a name and 64 hex digits`, file, hint);
    });
  }

  /** Who has the key of a header `Authorization: Bearer KEY`; every key is compared, in equal time. */
  clientOf(header: string | undefined): string | undefined {
    const key = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
    if (key === undefined) return undefined;
    const hash = hashOf(key);
    return this.#keys.filter((one) => timingSafeEqual(one.hash, hash)).at(0)?.name;
  }
}

/** A new key, and its line for a key file. @throws JikjiError `usage` for a name that the file cannot hold */
export function newApiKey(name: string): { key: string; line: string } {
  if (!NAME.test(name)) {
    throw new JikjiError(
      'usage',
      'cannot be the name of a key',
      name.slice(0, 200),
      'use letters, digits, . _ @ and -',
    );
  }
  const key = `jk-${randomBytes(KEY_BYTES).toString('base64url')}`;
  return { key, line: `${name} ${hashOf(key).toString('hex')}` };
}
