/** Claims that a policy may not write into a token. */

/**
 * What Cognito refuses to a pre-token-generation trigger (developer guide, user-pool-lambda-pre-token-generation),
 * and what Gatehouse itself decides by: a template that could write `email` would let a user attribute vouch for it.
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
  // Tokens take these as text only, and by `phone_number_verified` a number counts.
  'address',
  'phone_number_verified',
  'updated_at',
  'email',
  'email_verified',
  'gatehouse_domain',
]);

export function isReservedClaim(name: string): boolean {
  return RESERVED.has(name) || name.startsWith('cognito:') || name.startsWith('dev:');
}
