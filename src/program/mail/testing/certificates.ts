// Certificates made by openssl: an authority, and what it signs. For tests.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  cert: string;
  key: string;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** An authority in a folder. */
export function authority(
  folder: string,
  name: string,
): Certificate & { signs(host: string, days?: number): Certificate } {
  const at = (file: string) => join(folder, `${name}-${file}`);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const read = (file: string): Certificate => {
    return { cert: readFileSync(at(`${file}.pem`), 'utf8'), key: readFileSync(at(`${file}.key`), 'utf8') };
  };
  openssl('req', '-x509', ...KEY, '-keyout', at('ca.key'), '-out', at('ca.pem'), '-subj', `/CN=${name}`, '-days', '30');
  return {
    ...read('ca'),
    signs(host, days = 30) {
      const subject = /^[\d.]+$/.test(host) ? `IP:${host}` : `DNS:${host}`;
      writeFileSync(at('host.ext'), `subjectAltName=${subject}\n`);
      openssl('req', '-new', ...KEY, '-keyout', at('host.key'), '-out', at('host.csr'), '-subj', `/CN=${host}`);
      const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at('host.ext')];
      const dates =
        days < 0 ? ['-not_before', '20200101000000Z', '-not_after', '20200201000000Z'] : ['-days', `${days}`];
      openssl('x509', '-req', '-in', at('host.csr'), ...signed, ...dates, '-out', at('host.pem'));
      return read('host');
    },
  };
}
