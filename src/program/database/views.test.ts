// The views in a folder's database, and on a PostgreSQL server.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { emptyDatabase } from './testing/empty.ts';
import { newDatabase, openTested, SERVER } from './testing/harness.ts';
import { viewsAsTheyAre } from './testing/views.common.ts';

describe('in a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jikji-views-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  viewsAsTheyAre(async () => openTested({ folder: await emptyDatabase(join(folder, 'database')) }));
});

describe.skipIf(!SERVER)('on a server', () => {
  let drop: (() => Promise<void>) | undefined;
  afterAll(() => drop?.());
  viewsAsTheyAre(async () => {
    const database = await newDatabase('views');
    drop = database.drop;
    return openTested({ url: database.url });
  });
});
