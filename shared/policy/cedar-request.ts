/** A principal and a request as Cedar sees them (`cedar.ts`): entities with what is known, and nothing that is not. */

import { isScalar } from './claims.ts';
import { segmentsOfPath } from './path.ts';
import { isVerb } from './pattern.ts';
import { evidenceOf, type Principal } from './principal.ts';
import type { Policy } from './schema.ts';

export interface CedarUid {
  type: string;
  id: string;
}

export type CedarValue = boolean | number | string | CedarValue[] | { [name: string]: CedarValue };

export interface CedarEntity {
  uid: CedarUid;
  attrs: Record<string, CedarValue>;
  parents: CedarUid[];
  tags: Record<string, CedarValue>;
}

export interface CedarRequest {
  principal: CedarUid;
  action: CedarUid;
  resource: CedarUid;
  context: Record<string, CedarValue>;
  entities: CedarEntity[];
}

/** The groups of a policy: what includes what, and which of them a token's listing can give. */
export function cedarGroups({ groups = {} }: Policy): CedarEntity[] {
  // Membership by domain never comes from a listing.
  const listable = Object.keys(groups).filter((name) => !groups[name]?.members?.domains);
  return [
    ...Object.entries(groups).map(([name, { includes = [] }]) =>
      entity('Group', name, {
        parents: includes.map((included) => uid('Group', included)),
      }),
    ),
    ...listable.map((name) => entity('Listing', name, { parents: [uid('Group', name)] })),
    // A listing that cannot be read may hold any of them.
    entity('Unreadable', 'listing', { parents: listable.map((name) => uid('Group', name)) }),
  ];
}

/**
 * A request, to be asked with the entities of `cedarGroups` beside its own. Null where no rule is asked: an ambiguous
 * path, an unknown verb. Takes whole seconds, as Cognito writes them.
 */
export function cedarRequest(
  principal: Principal,
  { verb, path }: { verb: string; path: string },
  { nowSeconds, ttlSeconds }: { nowSeconds: number; ttlSeconds: number },
): CedarRequest | null {
  const segments = segmentsOfPath(path);
  if (segments === null || !isVerb(verb)) return null;
  const who = principal.kind === 'machine' ? machineEntity(principal) : userEntity(principal);
  const where = entity('Path', path, {
    attrs: { depth: segments.length },
    tags: Object.fromEntries(segments.map((segment, index) => [String(index), segment])),
  });
  return {
    principal: who.uid,
    action: uid('Action', verb),
    resource: where.uid,
    context: { now: nowSeconds, until: nowSeconds + ttlSeconds },
    entities: [who, where],
  };
}

function machineEntity(principal: Principal): CedarEntity {
  return entity('Machine', principal.sub ?? '', {
    attrs: tokenAttributes(principal),
    tags: claimTags(principal),
  });
}

function userEntity(principal: Principal): CedarEntity {
  const amr = evidenceOf(principal, 'amr');
  const authTime = evidenceOf(principal, 'auth_time');
  const { groups, domain, foreign } = principal;
  return entity('User', principal.sub ?? '', {
    attrs: {
      foreign,
      listing_unreadable: groups === 'unknown',
      ...(domain !== null && { domain }),
      ...(Array.isArray(amr) && { amr: amr.filter((name) => typeof name === 'string') }),
      ...(typeof authTime === 'number' && Number.isFinite(authTime) && { auth_time: whole(authTime) }),
      ...tokenAttributes(principal),
    },
    parents: groups === 'unknown' ? [] : groups.map((name) => uid('Listing', name)),
    tags: claimTags(principal),
  });
}

function tokenAttributes({ scopes, client, pool }: Principal): CedarEntity['attrs'] {
  return { ...(scopes && { scopes }), ...(client !== null && { client }), ...(pool !== null && { pool }) };
}

/** Every claim that is evidence: all its scalars as text, and the text that a bound segment may equal. */
function claimTags(principal: Principal): CedarEntity['tags'] {
  return Object.fromEntries(
    Object.keys(principal.claims).flatMap((name) => {
      const value = evidenceOf(principal, name);
      if (!Array.isArray(value) && !isScalar(value)) return [];
      const values = [value].flat().filter(isScalar).map(String);
      return [[name, { values, ...(typeof value === 'string' && { text: value }) }]];
    }),
  );
}

/** Within what Cedar's 64 bits hold; beyond, every comparison comes out the same. */
function whole(seconds: number): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Math.floor(seconds)));
}

function uid(type: string, id: string): CedarUid {
  return { type, id };
}

function entity(
  type: string,
  id: string,
  { attrs = {}, parents = [], tags = {} }: Partial<Omit<CedarEntity, 'uid'>>,
): CedarEntity {
  return { uid: uid(type, id), attrs, parents, tags };
}
