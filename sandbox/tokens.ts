/** Tokens that must be refused, made from good ones. */

import { generateKeyPairSync } from 'node:crypto';
import { type Claims, type PoolKeys, signToken } from './pool/keys.ts';

export type TokenFault = 'expired' | 'forged' | 'tampered';

/** The same access token with one fault. */
export function spoil(token: string, fault: TokenFault, { access: key }: PoolKeys): string {
  const claims = claimsOf(token);
  switch (fault) {
    case 'expired':
      return signToken({ ...claims, exp: Math.floor(Date.now() / 1000) - 60 }, key);
    case 'forged':
      return signToken(claims, { kid: key.kid, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) });
    case 'tampered': {
      const [header, , signature] = token.split('.');
      return [header, encode({ ...claims, 'cognito:groups': ['admin'] }), signature].join('.');
    }
  }
}

/** The claims of a token, unverified. */
export function claimsOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
