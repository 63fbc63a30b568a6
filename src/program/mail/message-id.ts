// The Message-ID of a notice (RFC 5322). It says nothing of its content or recipient.

import { randomBytes } from 'node:crypto';

export const newMessageId = (domain: string): string => `<${randomBytes(16).toString('hex')}@${domain}>`;
