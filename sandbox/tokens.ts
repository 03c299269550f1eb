/** Tokens that the local pool cannot mint, signed with its key; and tokens that must be refused. */

import { createSign, generateKeyPairSync } from 'node:crypto';
import { ISSUER, type LocalPool, MACHINE_CLIENT_ID } from './pool/cognito-local.ts';

export type TokenFault = 'expired' | 'forged' | 'tampered';

type Claims = Record<string, unknown>;

/** A client_credentials access token (contracts C1): the subject is the client, and there is no user. */
export function machineToken(scopes: string[], key: LocalPool['signingKey']): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    sub: MACHINE_CLIENT_ID,
    client_id: MACHINE_CLIENT_ID,
    token_use: 'access',
    scope: scopes.join(' '),
    iss: ISSUER,
    iat: now,
    auth_time: now,
    exp: now + 3600,
    version: 2,
  };
  return signToken(claims, key);
}

/** The same token with one fault. */
export function spoil(token: string, fault: TokenFault, key: LocalPool['signingKey']): string {
  const claims = claimsOf(token);
  switch (fault) {
    case 'expired':
      return signToken({ ...claims, exp: Math.floor(Date.now() / 1000) - 60 }, key);
    case 'forged': {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      return signToken(claims, {
        pem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
        kid: key.kid,
      });
    }
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

export function signToken(claims: Claims, { pem, kid }: LocalPool['signingKey']): string {
  const signed = `${encode({ alg: 'RS256', kid })}.${encode(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(pem, 'base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
