/** jsonwebtoken, with keys from jwks-rsa. */

import jwt from 'jsonwebtoken';
import jwksRsa from 'jwks-rsa';
import { allow, type BenchEvent, settings, tokenOf } from './answer.ts';

const { issuer, client, jwks } = settings();
const keys = jwksRsa({
  jwksUri: `${issuer}/.well-known/jwks.json`,
  cache: true,
  getKeysInterceptor: () => jwks.keys,
});
const keyOf: jwt.GetPublicKeyOrSecret = ({ kid }, give) =>
  keys.getSigningKey(kid, (error, key) => give(error, key?.getPublicKey()));

export const handler = (event: BenchEvent) =>
  new Promise((resolve, reject) => {
    jwt.verify(
      tokenOf(event),
      keyOf,
      { algorithms: ['RS256'], issuer, audience: client },
      (error, payload) => (error ? reject(error) : resolve(allow(payload?.sub as string, event))),
    );
  });
