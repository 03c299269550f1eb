/**
 * What a pre token generation function's answer does to the tokens (contracts B6). Pure: claims and an answer go in,
 * claims come out. A claim that no function may touch stays as it is, whatever the answer says of it.
 */

import { defined } from './claims.ts';
import type { Claims } from './keys.ts';
import type { TokenEventVersion } from './settings.ts';
import { unrecognizableOutput } from './triggers.ts';

export interface TokenClaims {
  /** Null for a machine. */
  id: Claims | null;
  access: Claims;
}

interface Generation {
  claimsToAddOrOverride?: Record<string, unknown> | null;
  claimsToSuppress?: string[] | null;
  scopesToAdd?: string[] | null;
  scopesToSuppress?: string[] | null;
}

interface GroupOverride {
  groupsToOverride?: string[] | null;
  iamRolesToOverride?: string[] | null;
  preferredRole?: string | null;
}

interface Details extends Generation {
  idTokenGeneration?: Generation | null;
  accessTokenGeneration?: Generation | null;
  groupOverrideDetails?: GroupOverride | null;
}

const PROTECTED = new Set(
  'acr amr at_hash auth_time azp client_id device_key event_id exp iat identities iss jti nbf nonce origin_jti sub token_use username version'.split(
    ' ',
  ),
);

/** Text only, in an ID token (contracts B6). */
const TEXT_IN_ID_TOKEN = new Set(['phone_number_verified', 'email_verified', 'updated_at', 'address']);

/** Throws `InvalidLambdaResponseException` for an answer of another shape. */
export function changeTokens(
  tokens: TokenClaims,
  response: Record<string, unknown>,
  version: TokenEventVersion,
): TokenClaims {
  const key = version === 'V1_0' ? 'claimsOverrideDetails' : 'claimsAndScopeOverrideDetails';
  const details = readDetails(response[key]);
  // As the guide's own sample event has it: an empty list says nothing.
  if (details === null) return tokens;
  // A machine is in no group.
  const overrides = tokens.id !== null && 'groupOverrideDetails' in details;
  const { id, access } = overrides ? withGroups(tokens, details) : tokens;
  if (version === 'V1_0') return { id: id && changed(id, stringsOnly(details), mayChangeId), access };
  const forId = details.idTokenGeneration ?? {};
  const forAccess = details.accessTokenGeneration ?? {};
  return {
    id: id && changed(id, idValues(forId), mayChangeId),
    access: withScopes(changed(access, forAccess, mayChangeAccess(access)), forAccess),
  };
}

function readDetails(value: unknown): Details | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object') throw unrecognizableOutput();
  if (Array.isArray(value)) return null;
  const details = value as Details;
  for (const part of [details, details.idTokenGeneration, details.accessTokenGeneration])
    checkGeneration(part);
  const { groupsToOverride, iamRolesToOverride } = details.groupOverrideDetails ?? {};
  for (const list of [groupsToOverride, iamRolesToOverride]) checkList(list);
  return details;
}

function checkGeneration(part: Generation | null | undefined): void {
  if (part === null || part === undefined) return;
  if (typeof part !== 'object') throw unrecognizableOutput();
  const { claimsToAddOrOverride: claims, scopesToAdd } = part;
  if (claims !== null && claims !== undefined && (typeof claims !== 'object' || Array.isArray(claims)))
    throw unrecognizableOutput();
  for (const list of [part.claimsToSuppress, part.scopesToAdd, part.scopesToSuppress]) checkList(list);
  if (scopesToAdd?.some((scope) => /\s/.test(scope))) throw unrecognizableOutput();
}

function checkList(list: unknown): void {
  if (list === null || list === undefined) return;
  if (!Array.isArray(list) || !list.every((each) => typeof each === 'string')) throw unrecognizableOutput();
}

/** An override that is there but empty takes all groups and roles away (contracts B6). */
function withGroups({ id, access }: TokenClaims, { groupOverrideDetails }: Details): TokenClaims {
  const { groupsToOverride, iamRolesToOverride, preferredRole } = groupOverrideDetails ?? {};
  const groups = { 'cognito:groups': filled(groupsToOverride) };
  const roles = {
    'cognito:roles': filled(iamRolesToOverride),
    'cognito:preferred_role': preferredRole || undefined,
  };
  return { id: id && defined({ ...id, ...groups, ...roles }), access: defined({ ...access, ...groups }) };
}

function changed(
  claims: Claims,
  generation: Generation,
  mayChange: (claim: string, value: unknown) => boolean,
): Claims {
  const { claimsToAddOrOverride, claimsToSuppress } = generation;
  const added = Object.entries(claimsToAddOrOverride ?? {}).filter(([claim, value]) =>
    mayChange(claim, value),
  );
  const suppressed = new Set((claimsToSuppress ?? []).filter(maySuppress));
  // Suppressing beats adding.
  return Object.fromEntries(
    Object.entries({ ...claims, ...Object.fromEntries(added) }).filter(([claim]) => !suppressed.has(claim)),
  );
}

function withScopes(access: Claims, { scopesToAdd, scopesToSuppress }: Generation): Claims {
  const scopes = new Set(
    [...String(access['scope'] ?? '').split(' '), ...(scopesToAdd ?? [])].filter(Boolean),
  );
  for (const scope of scopesToSuppress ?? []) scopes.delete(scope);
  return defined({ ...access, scope: scopes.size > 0 ? [...scopes].join(' ') : undefined });
}

function mayChangeId(claim: string): boolean {
  return !isProtected(claim) && claim !== 'aud';
}

/** `aud` may be added to an access token, with the client's id as its value. */
function mayChangeAccess(access: Claims): (claim: string, value: unknown) => boolean {
  return (claim, value) =>
    claim === 'aud' ? value === access['client_id'] : !isProtected(claim) && claim !== 'scope';
}

function maySuppress(claim: string): boolean {
  return (
    claim === 'cognito:groups' ||
    claim.startsWith('dev:') ||
    (!isProtected(claim) && !['aud', 'scope'].includes(claim))
  );
}

function isProtected(claim: string): boolean {
  return PROTECTED.has(claim) || claim.startsWith('cognito:') || claim.startsWith('dev:');
}

/** Version 1 knows text only. */
function stringsOnly(generation: Generation): Generation {
  const values = Object.values(generation.claimsToAddOrOverride ?? {});
  if (!values.every((value) => typeof value === 'string')) throw unrecognizableOutput();
  return generation;
}

function idValues(generation: Generation): Generation {
  for (const [claim, value] of Object.entries(generation.claimsToAddOrOverride ?? {})) {
    if (TEXT_IN_ID_TOKEN.has(claim) && typeof value !== 'string') throw unrecognizableOutput();
  }
  return generation;
}

function filled(list: string[] | null | undefined): string[] | undefined {
  return list && list.length > 0 ? list : undefined;
}
