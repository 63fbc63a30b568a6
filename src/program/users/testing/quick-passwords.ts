// Imported for what it does: passwords are hashed by the same function with the least work it knows. The hash of the product takes a
// sixteenth of a second by design, and tests make hundreds. users.test.ts looks at how much work the product asks for.

import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

type Scrypt = typeof crypto.scrypt;

const { scrypt } = crypto;
crypto.scrypt = ((...[password, salt, length, options, done]: Parameters<Scrypt>) =>
  scrypt(password, salt, length, { ...options, N: 2 }, done)) as Scrypt;
syncBuiltinESMExports();
