/** jose, with a local key set. */

import { createLocalJWKSet, jwtVerify } from 'jose';
import { allow, type BenchEvent, settings, tokenOf } from './answer.ts';

const { issuer, client, jwks } = settings();
const keys = createLocalJWKSet(jwks);

export const handler = async (event: BenchEvent) => {
  const { payload } = await jwtVerify(tokenOf(event), keys, {
    issuer,
    audience: client,
    algorithms: ['RS256'],
  });
  return allow(payload.sub, event);
};
