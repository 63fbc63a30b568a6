// Shapes of log-ins by the office's OpenID provider.

import { z } from 'zod';
import { viewerShape } from '../../users/index.ts';
import { accept } from './people.ts';

/** Null where the server has no provider. */
export const button = z
  .object({ label: z.object({ en: z.string(), ko: z.string() }).nullable() })
  .meta({ id: 'OpenIdButton' });

const token = z.string().min(1).max(200);
export const begin = z.discriminatedUnion('purpose', [
  z.strictObject({ purpose: z.literal('log-in') }),
  z.strictObject({ purpose: z.literal('accept'), invitation: token }),
  z.strictObject({ purpose: z.literal('link') }),
]);
/** The address at the provider to which the browser goes. */
export const begun = z.object({ url: z.string() });

/** What the provider sent the browser back with. */
export const finish = z.strictObject({
  state: z.string().min(1).max(500),
  code: z.string().max(4000).optional(),
  iss: z.string().max(500).optional(),
  error: z.string().max(200).optional(),
  /** To accept an invitation. */
  accept: accept.omit({ password: true }).optional(),
});
export const done = z
  .object({ purpose: z.enum(['log-in', 'accept', 'link']), viewer: viewerShape })
  .meta({ id: 'OpenIdDone' });

export const identity = z
  .object({
    issuer: z.string(),
    subject: z.string(),
    linked: z.string(),
    used: z.string().nullable(),
    /** Whether its user has no password. */
    only: z.boolean(),
  })
  .meta({ id: 'OwnIdentity' });
export const unlink = z.object({ issuer: z.string().min(1).max(500) });
