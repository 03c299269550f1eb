/** The floor: the signature alone, by `crypto.verify`; no claim is looked at but the subject. */

import { createPublicKey, verify } from 'node:crypto';
import { allow, type BenchEvent, settings, tokenOf } from './answer.ts';

const key = createPublicKey({ key: settings().jwks.keys[0], format: 'jwk' });

export const handler = async (event: BenchEvent) => {
  const token = tokenOf(event);
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  if (!verify('RSA-SHA256', Buffer.from(token.slice(0, end)), key, signature))
    throw new Error('Unauthorized');
  const payload = Buffer.from(token.slice(token.indexOf('.') + 1, end), 'base64url').toString();
  return allow(JSON.parse(payload).sub, event);
};
