/** Throw-away keys and tokens, made for one test run. */

import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Claims } from '../../sandbox/sample-tokens.ts';

export * from '../../sandbox/sample-tokens.ts';

export interface TestKey {
  kid: string;
  jwk: Record<string, unknown>;
  privateKey: KeyObject;
}

export function rsaKey(kid: string, modulusLength = 2048): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  return { kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' } };
}

export function signJwt(claims: unknown, key: TestKey, header: Claims = {}): string {
  const signed = `${encode({ alg: 'RS256', kid: key.kid, ...header })}.${encode(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key.privateKey, 'base64url')}`;
}

export function encode(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}
