/** Claims that a policy may not write into a token. */

import { VERIFIABLE_CLAIMS } from './claims.ts';

/**
 * What Cognito refuses to a pre-token-generation trigger (developer guide, user-pool-lambda-pre-token-generation),
 * and what Gatehouse itself decides by: a template that could write `email` or `phone_number` would put a text of the
 * user's beside Cognito's own word that it is verified.
 */
const RESERVED = new Set([
  'acr',
  'amr',
  'at_hash',
  'aud',
  'auth_time',
  'azp',
  'client_id',
  'device_key',
  'event_id',
  'exp',
  'iat',
  'identities',
  'iss',
  'jti',
  'nbf',
  'nonce',
  'origin_jti',
  'scope',
  'sub',
  'token_use',
  'username',
  'version',
  // Tokens take these as text only.
  'address',
  'updated_at',
  ...VERIFIABLE_CLAIMS,
  'gatehouse_domain',
]);

export function isReservedClaim(name: string): boolean {
  return RESERVED.has(name) || name.startsWith('cognito:') || name.startsWith('dev:');
}
