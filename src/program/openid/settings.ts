// The office's OpenID provider: the file of `--openid`. Everything goes over https, except to a provider on this machine.

import { z } from 'zod';
import { JikjiError } from '../../base/index.ts';
import { lineSchema } from '../../formats/index.ts';
import { isLoopback } from '../../http/index.ts';
import { readSettings } from '../settings/index.ts';

export interface OpenIdSettings {
  issuer: string;
  clientId: string;
  /** Left out for a client that the provider knows without one. */
  clientSecret?: string;
  /** Of the button. */
  label: { en: string; ko: string };
  /** Only people whose verified address has this domain. */
  emailDomain?: string;
  /** Only people whose ID token has these claims with these values. */
  claims?: Record<string, string | number | boolean>;
}

const VARIABLE = 'JIKJI_OPENID_SECRET';

const shape = {
  issuer: z.string().max(500),
  clientId: lineSchema(300).min(1),
  label: z.strictObject({ en: lineSchema(60), ko: lineSchema(60) }),
  emailDomain: z
    .string()
    .max(253)
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be a domain in lower case')
    .optional(),
  claims: z.record(z.string().min(1).max(100), z.union([lineSchema(300), z.number(), z.boolean()])).optional(),
};

/** Whether requests to this address cannot be read on their way. */
export const isSafe = (url: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback({ host: url.hostname.replace(/^\[|\]$/g, '') }));

/** @throws JikjiError `settings-...`, `file-missing`, `file-broken` */
export function readOpenIdSettings(file: string, environment: NodeJS.ProcessEnv = process.env): OpenIdSettings {
  const secret = { key: 'clientSecret', variable: VARIABLE };
  const name = 'file of OpenID settings';
  const { settings, secret: clientSecret } = readSettings(file, { name, shape, secret, environment });
  const { issuer, emailDomain, claims, ...rest } = settings;
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (!url || !isSafe(url) || url.search || url.hash || url.username || url.password) {
    const message = 'the issuer is not an https address without a query';
    throw new JikjiError('settings-conflict', message, issuer.slice(0, 200), 'copy it from the provider');
  }
  return {
    ...rest,
    issuer,
    ...(clientSecret !== undefined && { clientSecret }),
    ...(emailDomain !== undefined && { emailDomain }),
    ...(claims !== undefined && { claims }),
  };
}
