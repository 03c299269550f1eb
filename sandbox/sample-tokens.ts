/** The pool, the people and the machine that the sample events are about, as Cognito writes their claims (contracts C1). */

export const POOL = 'eu-west-1_AbCdEf123';
export const CLIENT = 'client1';
export const ISSUER = `https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`;

/** Whose tokens are cut off, and who gets no new ones; and a session of somebody else's that is cut off. */
export const REVOKED_USER = 'f0a1b2c3-0000-4000-8000-000000000002';
export const CUT_SESSION = 'f0a1b2c3-0000-4000-8000-00000000000c';

export type Claims = Record<string, unknown>;

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
