// Imported for its effect: in this process, files do not wait for the disk. Only a power cut would show it, and no test cuts the power;
// killed processes lose nothing. The many small runs of the tests would wait for the disk longer than they train.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

// A closed file is still an error.
fs.fsyncSync = (fd) => {
  fs.fstatSync(fd);
};
syncBuiltinESMExports();
