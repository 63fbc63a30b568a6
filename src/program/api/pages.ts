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
  type: string;
  tag: string;
}

export class Pages {
  readonly #files = new Map<string, File>();

  /** @throws JikjiError `console-missing` if the pages are not built */
  constructor(folder: string) {
    try {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        const type = TYPES[extname(name)];
        if (!type) continue;
        const bytes = readFileSync(join(folder, name));
        const tag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
        this.#files.set(`/${name.split(sep).join('/')}`, { bytes, zipped: gzipSync(bytes, { level: 9 }), type, tag });
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
    if (!/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) return c.body(file.bytes);
    c.header('Content-Encoding', 'gzip');
    return c.body(file.zipped);
  }
}
