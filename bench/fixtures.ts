/** One key, tokens that it has signed, and the events that carry them. */

import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const POOL = 'eu-west-1_AbCdEf123';
const CLIENT = 'client1';
const KID = 'bench';
const EVENTS = join(import.meta.dirname, '..', 'events');

export interface Fixtures {
  /** Each with a subject of its own, all good for an hour. */
  tokens: string[];
  env: Record<string, string>;
}

export function makeFixtures(tokens: number): Fixtures {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: KID, use: 'sig', alg: 'RS256' };
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const header = encode({ kid: KID, alg: 'RS256' });
  const signed = Array.from({ length: tokens }, (_, index) => {
    const input = `${header}.${encode(claims(index))}`;
    return `${input}.${sign('RSA-SHA256', Buffer.from(input), privateKey).toString('base64url')}`;
  });
  return {
    tokens: signed,
    env: {
      USER_POOL_IDS: POOL,
      APP_CLIENT_IDS: CLIENT,
      TOKEN_USE: 'id',
      AUTHORIZER_TTL_SECONDS: '60',
      JWKS: JSON.stringify({ keys: [jwk] }),
      // As on Lambda.
      TZ: ':UTC',
      AWS_REGION: 'eu-west-1',
      _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
    },
  };
}

/** An ID token's claims, as many as Cognito writes. */
function claims(index: number): object {
  const now = Math.floor(Date.now() / 1000);
  const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  return {
    sub: id,
    'cognito:groups': ['editor'],
    email_verified: true,
    iss: `https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`,
    'cognito:username': id,
    origin_jti: id,
    aud: CLIENT,
    event_id: id,
    token_use: 'id',
    auth_time: now,
    exp: now + 3600,
    iat: now,
    jti: id,
    email: `ada.${index}@example.com`,
    'custom:tenant': 'acme',
  };
}

/** A REST request that the policy allows. */
export function authorizerEvent(token: string): object {
  const event = JSON.parse(readFileSync(join(EVENTS, 'authorizer', 'rest-request.json'), 'utf8'));
  const authorization = `Bearer ${token}`;
  return {
    ...event,
    headers: { ...event.headers, Authorization: authorization },
    multiValueHeaders: { ...event.multiValueHeaders, Authorization: [authorization] },
  };
}

export function triggerEvent(name: string, sample: string): object {
  return JSON.parse(readFileSync(join(EVENTS, name, `${sample}.json`), 'utf8'));
}
