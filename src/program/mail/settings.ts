// How a server sends mail: the file of `--mail`. TLS is required unless the mail server is on this machine.

import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { lineSchema, readSmallFile } from '../../formats/index.ts';
import { isLoopback } from '../../http/index.ts';
import { readSettings } from '../settings/index.ts';
import { requireAddress } from './address.ts';

export interface MailSettings {
  host: string;
  port: number;
  /** `none`: only on this machine. */
  tls: 'starttls' | 'implicit' | 'none';
  /** Of an authority that the system does not know, PEM. */
  ca?: string;
  logIn?: { user: string; password: string };
  from: { address: string; name: string };
}

const IMPLICIT_PORT = 465;
const VARIABLE = 'JIKJI_MAIL_PASSWORD';

const shape = {
  host: z
    .string()
    .max(253)
    .regex(/^[a-z0-9]([a-z0-9.:-]*[a-z0-9])?$/i, 'must be a name or an address of a host'),
  port: z.int().min(1).max(65_535).default(587),
  tls: z.enum(['starttls', 'implicit', 'none']).optional(),
  ca: z.string().min(1).max(4096).optional(),
  user: lineSchema(300).optional(),
  from: z.string().max(300),
  name: lineSchema(100).default('Jikji'),
};

/** @throws JikjiError `settings-...`, `address-unfit`, `file-missing`, `file-broken` */
export function readMailSettings(file: string, environment: NodeJS.ProcessEnv = process.env): MailSettings {
  const secret = { key: 'password', variable: VARIABLE };
  const { settings, secret: password } = readSettings(file, {
    name: 'file of mail settings',
    shape,
    secret,
    environment,
  });
  const { host, port, user, ca, from, name } = settings;
  const refuse = (message: string, hint: string) => new JikjiError('settings-conflict', message, file, hint);
  const tls = settings.tls ?? (port === IMPLICIT_PORT ? 'implicit' : 'starttls');
  if (tls === 'none' && !isLoopback({ host }))
    throw refuse(`without TLS others on the way to ${host} could read the mail`, 'remove "tls: none"');
  if ((user === undefined) !== (password === undefined)) {
    const hint = `give the password in the file, or in the environment variable ${VARIABLE}`;
    throw refuse('user and password go together', user === undefined ? 'name the user, or remove the password' : hint);
  }
  return {
    host,
    port,
    tls,
    ...(ca !== undefined && { ca: readSmallFile(resolve(dirname(file), ca), 1 << 20) }),
    ...(user !== undefined && password !== undefined && { logIn: { user, password } }),
    from: { address: requireAddress(from), name },
  };
}
