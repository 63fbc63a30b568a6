// A folder of texts where a model is wanted.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../base/testing/temporary-folder.ts';
import { openModel } from './index.ts';

const folder = temporaryFolder();

test('is named as that, with or without the recipe of init', () => {
  writeFileSync(join(folder, 'a.txt'), 'A text.');
  for (const hint of [/^make a model of them: jikji init .*, then jikji make/, /^make a model of them: jikji make /]) {
    expect(() => openModel(folder)).toThrow(
      expect.objectContaining({
        code: 'not-a-model',
        message: 'is a folder of texts, not a run or a model',
        hint: expect.stringMatching(hint),
      }),
    );
    writeFileSync(join(folder, 'recipe.yaml'), 'name: a\n');
  }
});
