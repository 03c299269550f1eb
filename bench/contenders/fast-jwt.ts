/** fast-jwt, with its cache of verified tokens as large as ours. */

import { createPublicKey } from 'node:crypto';
import { createVerifier } from 'fast-jwt';
import { allow, type BenchEvent, settings, tokenOf } from './answer.ts';

const { issuer, client, jwks } = settings();
const pem = createPublicKey({ key: jwks.keys[0], format: 'jwk' }).export({ type: 'spki', format: 'pem' });
const verify = createVerifier({
  key: async () => pem as string,
  algorithms: ['RS256'],
  allowedIss: issuer,
  allowedAud: client,
  cache: 10_000,
});

export const handler = async (event: BenchEvent) => allow((await verify(tokenOf(event))).sub, event);
