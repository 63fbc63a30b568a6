// Loaded into processes before all else: the one whose script JIKJI_TEST_DEED names hangs, or ends as by a bug.
// JIKJI_TEST_DEED is "NAME hang" or "NAME crash".

import { writeSync } from 'node:fs';

const [name, deed] = (process.env.JIKJI_TEST_DEED ?? '').split(' ') as [string, string];
if (name !== '' && process.argv[1]?.includes(name)) {
  if (deed === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  writeSync(2, 'a bug of this test\n');
  process.exit(3);
}
