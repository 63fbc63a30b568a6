// The console's files, read once and held in memory, plain and compressed: a few hundred kilobytes. Does not know what they show.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Context as Request } from 'hono';
import { JikjiError, systemCode } from '../../base/index.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

interface File {
  bytes: Buffer<ArrayBuffer>;
  zipped: Buffer<ArrayBuffer>;
  /** By Brotli, if the build has made it. */
  brotli: Buffer<ArrayBuffer> | undefined;
  type: string;
  tag: string;
}

export class Pages {
  readonly #files = new Map<string, File>();

  /** @throws JikjiError `console-missing` if the pages are not built */
  constructor(folder: string) {
    try {
      const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      for (const name of names) {
        const type = TYPES[extname(name)];
        if (!type) continue;
        const bytes = readFileSync(join(folder, name));
        const tag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
        const brotli = names.includes(`${name}.br`) ? readFileSync(join(folder, `${name}.br`)) : undefined;
        const file = { bytes, zipped: gzipSync(bytes, { level: 9 }), brotli, type, tag };
        this.#files.set(`/${name.split(sep).join('/')}`, file);
      }
    } catch (cause) {
      if (systemCode(cause) === undefined) throw cause;
    }
    const hint = 'build them with: npm run pages';
    if (!this.#files.has('/index.html'))
      throw new JikjiError('console-missing', 'the pages of the console are not built', folder, hint);
  }

  /** Serves the file of a path. Any other path gets index.html, which routes by itself. */
  answer(c: Request): Response {
    const { path } = c.req;
    const file = this.#files.get(path) ?? this.#files.get('/index.html')!;
    if (/^\/assets\//.test(path) && !this.#files.has(path)) return c.text('There is nothing here.\n', 404);
    c.header('Content-Type', file.type);
    c.header('ETag', file.tag);
    c.header('Vary', 'Accept-Encoding');
    // Names of assets contain their digest.
    c.header('Cache-Control', path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    if (c.req.header('if-none-match') === file.tag) return c.body(null, 304);
    const accepted = c.req.header('accept-encoding') ?? '';
    const [encoding, body] =
      file.brotli && /\bbr\b/.test(accepted)
        ? ['br', file.brotli]
        : /\bgzip\b/.test(accepted)
          ? ['gzip', file.zipped]
          : [undefined, file.bytes];
    if (encoding) c.header('Content-Encoding', encoding);
    return c.body(body);
  }
}
