// Loaded into processes before all else: the one whose script JIKJI_TEST_DEED names hangs, ends as by a bug, or writes down its id.
// JIKJI_TEST_DEED is "NAME hang", "NAME crash", or "NAME note FILE": FILE gets the process's id.

import { appendFileSync, writeSync } from 'node:fs';

const [name, deed, file] = (process.env.JIKJI_TEST_DEED ?? '').split(' ') as [string, string, string];
if (name !== '' && process.argv[1]?.includes(name)) {
  if (deed === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  if (deed === 'note') appendFileSync(file, `${process.pid}\n`);
  else {
    writeSync(2, 'a bug of this test\n');
    process.exit(3);
  }
}
