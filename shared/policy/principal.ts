/** Who is asking: verified claims, read once, by the rules of docs/policy.md ("Who is asking"). */

import { type Claims, claim, isVerified, VERIFIABLE_CLAIMS, vouchedClaim } from './claims.ts';
import { type DomainSet, domainMatches, domainOfMailbox } from './domain.ts';
import { isAutoMadeGroup } from './group-names.ts';

/** Where a token comes from, which decides what its claims may say. */
export type Origin =
  | { kind: 'cognito'; pool: string | null }
  | { kind: 'issuer'; issuer: string; map: IssuerMap };

/** What another issuer's claims may give: nothing but what is listed here (`ISSUERS`, `map`). */
export interface IssuerMap {
  groups?: { claim: string; values: Record<string, string> };
  scopes?: { claim: string; values: string[] };
  email?: { claim: string; domains: DomainSet };
}

/** A user's e-mail address as far as it may be trusted. */
export interface MailIdentity {
  email: string | null;
  emailVerified: boolean;
  /** Of the verified address; or the stamp that pre-token-generation left. */
  domain: string | null;
  /** Why there is no domain; null if there is one. */
  domainFlaw: 'email_missing' | 'email_unverified' | 'domain_denied' | null;
}

export interface Principal extends MailIdentity {
  /** A machine is a client_credentials token: it has no user, no groups and no e-mail. */
  kind: 'user' | 'machine';
  /** From another issuer than Cognito: an allow rule must name it in `to.pools`. */
  foreign: boolean;
  sub: string | null;
  username: string | null;
  /** As the token lists them, before the policy has its say; `unknown` if the claim is not a list. */
  groups: string[] | 'unknown';
  /** Null if the token has no `scope`. */
  scopes: string[] | null;
  client: string | null;
  pool: string | null;
  tokenUse: 'id' | 'access' | null;
  claims: Claims;
}

// Both issuer forms of a user pool (developer guide, federation-endpoints).
const COGNITO_ISSUER =
  /^https:\/\/(?:issuer-)?cognito-idp\.[a-z0-9-]+\.amazonaws\.com\/([a-z]{2,4}(?:-[a-z]+)+-\d_[0-9A-Za-z]+)$/;

/** Claims by which Cognito or Gatehouse decides; of another issuer they count only through its `map`. */
function isDecidedByMap(name: string): boolean {
  return [...VERIFIABLE_CLAIMS, 'scope', 'gatehouse_domain'].includes(name) || name.startsWith('cognito:');
}

/**
 * A claim as evidence for a condition or a bound segment; undefined if the token lacks it, and also for an address or
 * number that nobody has verified: users write those themselves (ADR 5).
 */
export function evidenceOf(principal: Principal, name: string): unknown {
  const { claims, foreign } = principal;
  return foreign && isDecidedByMap(name) ? undefined : vouchedClaim(claims, name);
}

/** Reads a principal from claims that are already verified (or, in `explain`, only supposed). */
export async function principalOf(claims: Claims, origin: Origin): Promise<Principal> {
  return origin.kind === 'cognito' ? cognitoPrincipal(claims, origin.pool) : foreignPrincipal(claims, origin);
}

/** The origin that claims say of themselves. No `iss`: a Cognito token. For `explain`; never verifies. */
export function claimedOrigin(claims: Claims, maps: Readonly<Record<string, IssuerMap>> = {}): Origin {
  const said = claim(claims, 'iss');
  if (said === undefined || said === null) return { kind: 'cognito', pool: null };
  const issuer = typeof said === 'string' ? said : '';
  if (Object.hasOwn(maps, issuer)) return { kind: 'issuer', issuer, map: maps[issuer] as IssuerMap };
  const pool = poolOfIssuer(issuer);
  return pool === null ? { kind: 'issuer', issuer, map: {} } : { kind: 'cognito', pool };
}

/** The user pool id in a Cognito issuer URL, or null if it is not one. */
export function poolOfIssuer(issuer: string): string | null {
  return COGNITO_ISSUER.exec(issuer)?.[1] ?? null;
}

/** Judges an address by itself: the domain counts only if the address is verified and plain. */
export async function mailIdentity(email: unknown, verified: unknown): Promise<MailIdentity> {
  const emailVerified = isVerified(verified);
  if (typeof email !== 'string' || email === '') {
    return { email: null, emailVerified: false, domain: null, domainFlaw: 'email_missing' };
  }
  if (!emailVerified) return { email, emailVerified, domain: null, domainFlaw: 'email_unverified' };
  const domain = await domainOfMailbox(email);
  return { email, emailVerified, domain, domainFlaw: domain === null ? 'domain_denied' : null };
}

async function cognitoPrincipal(claims: Claims, pool: string | null): Promise<Principal> {
  const tokenUse = cognitoTokenUse(claims);
  const common = {
    foreign: false,
    sub: textClaim(claims, 'sub'),
    scopes: splitScope(claim(claims, 'scope')),
    client: tokenUse && textClaim(claims, tokenUse === 'id' ? 'aud' : 'client_id'),
    pool,
    tokenUse,
    claims,
  };
  if (isMachine(claims, tokenUse))
    return { ...common, ...NOBODY, kind: 'machine', username: null, groups: [] };
  return {
    ...common,
    ...(await cognitoMail(claims)),
    kind: 'user',
    username: tokenUse && textClaim(claims, tokenUse === 'id' ? 'cognito:username' : 'username'),
    groups: listedGroups(claim(claims, 'cognito:groups'), pool),
  };
}

const NOBODY: MailIdentity = { email: null, emailVerified: false, domain: null, domainFlaw: 'email_missing' };

/** The token's own word, null if it is none that Cognito says; without one, what the other claims show. */
function cognitoTokenUse(claims: Claims): 'id' | 'access' | null {
  const use = claim(claims, 'token_use');
  if (use === 'id' || use === 'access') return use;
  if (use !== undefined) return null;
  return Object.hasOwn(claims, 'aud') || Object.hasOwn(claims, 'cognito:username') ? 'id' : 'access';
}

/** client_credentials: an access token whose subject is its client and that has no user name (developer guide, access token). */
function isMachine(claims: Claims, tokenUse: 'id' | 'access' | null): boolean {
  const sub = textClaim(claims, 'sub');
  return (
    tokenUse === 'access' &&
    sub !== null &&
    sub === claim(claims, 'client_id') &&
    !Object.hasOwn(claims, 'username')
  );
}

/** By the `email` claim where there is one, else by the stamp of pre-token-generation. */
async function cognitoMail(claims: Claims): Promise<MailIdentity> {
  if (Object.hasOwn(claims, 'email')) return mailIdentity(claims['email'], claim(claims, 'email_verified'));
  const stamp = textClaim(claims, 'gatehouse_domain');
  if (stamp === null) return NOBODY;
  const domain = (await domainOfMailbox(`stamp@${stamp}`)) === stamp ? stamp : null;
  return { ...NOBODY, domain, domainFlaw: domain === null ? 'domain_denied' : null };
}

function listedGroups(listed: unknown, pool: string | null): string[] | 'unknown' {
  if (listed === undefined || listed === null) return [];
  if (!Array.isArray(listed)) return 'unknown';
  return listed.filter(
    (name): name is string =>
      typeof name === 'string' && !isAutoMadeGroup(name) && !(pool !== null && name.startsWith(`${pool}_`)),
  );
}

async function foreignPrincipal(
  claims: Claims,
  { issuer, map }: Origin & { kind: 'issuer' },
): Promise<Principal> {
  return {
    ...(await foreignMail(claims, map)),
    kind: 'user',
    foreign: true,
    sub: textClaim(claims, 'sub'),
    username: null,
    groups: foreignGroups(claims, map),
    scopes: foreignScopes(claims, map),
    client: textClaim(claims, 'client_id') ?? textClaim(claims, 'azp'),
    pool: issuer,
    tokenUse: null,
    claims,
  };
}

/** The issuer vouches for the domains that the map lists, and for no address that it calls unverified itself. */
async function foreignMail(claims: Claims, { email: rule }: IssuerMap): Promise<MailIdentity> {
  if (!rule) return NOBODY;
  const said = claim(claims, 'email_verified');
  const supposed = await mailIdentity(claim(claims, rule.claim), said === undefined || isVerified(said));
  if (supposed.domain !== null && domainMatches(rule.domains, supposed.domain)) return supposed;
  // An address that is not vouched for is nobody's: the backend must not read it either.
  return { ...NOBODY, domainFlaw: supposed.domainFlaw ?? 'email_unverified' };
}

function foreignGroups(claims: Claims, { groups: rule }: IssuerMap): string[] | 'unknown' {
  if (!rule) return [];
  const theirs = claim(claims, rule.claim);
  if (theirs === undefined || theirs === null) return [];
  if (!Array.isArray(theirs)) return 'unknown';
  return theirs.flatMap((name) =>
    typeof name === 'string' && Object.hasOwn(rule.values, name) ? [rule.values[name] as string] : [],
  );
}

function foreignScopes(claims: Claims, { scopes: rule }: IssuerMap): string[] | null {
  if (!rule) return null;
  const theirs = claim(claims, rule.claim);
  // Issuers write scopes as one string (RFC 9068) or as a list.
  const names = Array.isArray(theirs) ? theirs : splitScope(theirs);
  return names === null ? null : names.filter((name): name is string => rule.values.includes(name as string));
}

/** RFC 6749 3.3: names between single spaces. Null if there is no such claim. */
function splitScope(scope: unknown): string[] | null {
  return typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : null;
}

function textClaim(claims: Claims, name: string): string | null {
  const value = claim(claims, name);
  return typeof value === 'string' && value !== '' ? value : null;
}
