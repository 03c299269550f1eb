/** The pool's signing keys, made anew for each pool: ID and access tokens have one each (contracts C1). */

import { createSign, generateKeyPair, type KeyLike, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

export type Claims = Record<string, unknown>;

interface SigningKey {
  kid: string;
  privateKey: KeyObject;
  jwk: object;
}

export interface PoolKeys {
  id: SigningKey;
  access: SigningKey;
  jwks: { keys: object[] };
}

export async function makeKeys(): Promise<PoolKeys> {
  const [id, access] = await Promise.all([signingKey('id-key'), signingKey('access-key')]);
  return { id, access, jwks: { keys: [id.jwk, access.jwk] } };
}

/** `privateKey` may be PEM text. */
export function signToken(claims: Claims, { kid, privateKey }: { kid: string; privateKey: KeyLike }): string {
  const signed = `${encode({ kid, alg: 'RS256' })}.${encode(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
}

async function signingKey(kid: string): Promise<SigningKey> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
  return { kid, privateKey, jwk };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
