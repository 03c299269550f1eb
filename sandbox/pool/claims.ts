/** The claims that tokens have before a trigger shapes them (contracts C1, D1). */

import { randomUUID } from 'node:crypto';
import { toMap } from './attributes.ts';
import type { Group, User } from './directory.ts';
import type { Claims } from './keys.ts';
import type { SignInSession } from './refresh-tokens.ts';
import { type AppClient, ISSUER } from './settings.ts';
import type { TokenClaims } from './token-changes.ts';

export const TOKEN_SECONDS = 3600;

export interface Subject {
  user: User;
  client: AppClient;
  groups: Group[];
  session: SignInSession;
}

export function userClaims({ user, client, groups, session }: Subject, nowSeconds: number): TokenClaims {
  const { sub } = toMap(user.Attributes);
  const { preferredRole, iamRolesToOverride: roles } = groupConfiguration(groups);
  const common = defined({
    sub,
    iss: ISSUER,
    event_id: randomUUID(),
    origin_jti: client.EnableTokenRevocation === false ? undefined : session.originJti,
    auth_time: session.authTime,
    iat: nowSeconds,
    exp: nowSeconds + TOKEN_SECONDS,
    'cognito:groups': groups.length > 0 ? groups.map(({ GroupName }) => GroupName) : undefined,
  });
  return {
    id: defined({
      ...profileClaims(user),
      ...common,
      jti: randomUUID(),
      token_use: 'id',
      aud: client.ClientId,
      'cognito:username': user.Username,
      'cognito:roles': roles.length > 0 ? roles : undefined,
      'cognito:preferred_role': preferredRole ?? undefined,
    }),
    access: {
      ...common,
      jti: randomUUID(),
      token_use: 'access',
      client_id: client.ClientId,
      username: user.Username,
      scope: session.scopes.join(' '),
      version: 2,
    },
  };
}

/** A machine has no user: the subject is the client. */
export function machineClaims(client: AppClient, scopes: string[], nowSeconds: number): Claims {
  return {
    sub: client.ClientId,
    iss: ISSUER,
    token_use: 'access',
    client_id: client.ClientId,
    scope: scopes.join(' '),
    event_id: randomUUID(),
    jti: randomUUID(),
    auth_time: nowSeconds,
    iat: nowSeconds,
    exp: nowSeconds + TOKEN_SECONDS,
    version: 2,
  };
}

/** The preferred role is that of the group that precedes all others; none if two groups with different roles do. */
export function groupConfiguration(groups: Group[]) {
  const withRole = groups.filter(({ RoleArn }) => RoleArn);
  const precedence = ({ Precedence }: Group) => Precedence ?? Number.POSITIVE_INFINITY;
  const first = Math.min(...withRole.map(precedence));
  const firstRoles = new Set(
    withRole.filter((group) => precedence(group) === first).map(({ RoleArn }) => RoleArn),
  );
  return {
    groupsToOverride: groups.map(({ GroupName }) => GroupName),
    iamRolesToOverride: [...new Set(withRole.map(({ RoleArn }) => RoleArn as string))],
    preferredRole: firstRoles.size === 1 ? ([...firstRoles][0] as string) : null,
  };
}

/** Without the claims that are undefined. */
export function defined(claims: Claims): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

/** Attributes as they are in an ID token: what is a truth value in OpenID Connect is one, all else is text. */
function profileClaims(user: User): Claims {
  const claims: Claims = {};
  for (const [name, value] of Object.entries(toMap(user.Attributes))) {
    if (name === 'identities') claims[name] = tokenIdentities(value);
    else claims[name] = name.endsWith('_verified') ? value === 'true' : value;
  }
  return claims;
}

/** `primary` and `dateCreated` are text there (contracts C1). */
function tokenIdentities(attribute: string): Claims[] {
  return (JSON.parse(attribute) as Claims[]).map((identity) => ({
    ...identity,
    primary: String(identity['primary']),
    dateCreated: String(identity['dateCreated']),
  }));
}
