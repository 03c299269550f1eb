/** Throw-away keys and tokens, made for one test run. */

import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';

export type Claims = Record<string, unknown>;

export interface TestKey {
  kid: string;
  jwk: Record<string, unknown>;
  privateKey: KeyObject;
}

export const POOL = 'eu-west-1_AbCdEf123';
export const CLIENT = 'client1';
export const ISSUER = `https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`;

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

/** An ID token's claims as Cognito writes them (contracts C1); change exactly one thing. */
export function idClaims(nowSeconds: number, change: Claims = {}): Claims {
  return {
    iss: ISSUER,
    aud: CLIENT,
    sub: 'f0a1b2c3-0000-4000-8000-000000000001',
    token_use: 'id',
    'cognito:username': 'ada',
    'cognito:groups': ['editor'],
    email: 'ada@example.com',
    email_verified: true,
    auth_time: nowSeconds - 60,
    iat: nowSeconds - 60,
    exp: nowSeconds + 3600,
    ...change,
  };
}

export function accessClaims(nowSeconds: number, change: Claims = {}): Claims {
  return {
    iss: ISSUER,
    client_id: CLIENT,
    sub: 'f0a1b2c3-0000-4000-8000-000000000001',
    token_use: 'access',
    username: 'ada',
    'cognito:groups': ['editor'],
    scope: 'aws.cognito.signin.user.admin',
    gatehouse_domain: 'example.com',
    auth_time: nowSeconds - 60,
    iat: nowSeconds - 60,
    exp: nowSeconds + 3600,
    ...change,
  };
}

/** client_credentials: the subject is the client, and there is no user. */
export function machineClaims(nowSeconds: number, change: Claims = {}): Claims {
  return {
    iss: ISSUER,
    client_id: CLIENT,
    sub: CLIENT,
    token_use: 'access',
    scope: 'orders/write',
    auth_time: nowSeconds - 60,
    iat: nowSeconds - 60,
    exp: nowSeconds + 3600,
    ...change,
  };
}
