/**
 * How large tokens become. A token travels in a header, and API Gateway takes 10,240 bytes of headers in all (contracts
 * A11): a larger request is refused before anybody sees it. Estimates, in bytes of the header's value.
 */

import type { Artefact } from './artefact.ts';
import type { TokenChanges, TokenSubject } from './tokens.ts';

/** A fifth is left to the other headers, cookies among them. */
export const ROOMY_TOKEN_BYTES = 8192;

/** What Cognito writes into every token: ids, times, issuer, names. */
const OWN_CLAIMS_BYTES = 800;

/** `Bearer `, the token's header, its two dots, and an RS256 signature. */
const AROUND_PAYLOAD_BYTES = 7 + 100 + 2 + 342;

/** The longest attribute that Cognito keeps, in characters; taken as ASCII. */
const MAX_ATTRIBUTE_CHARACTERS = 2048;

const MAX_DOMAIN_CHARACTERS = 253;

export interface IssuedToken {
  token: 'access' | 'id';
  bytes: number;
}

/**
 * The tokens that somebody gets. `access`: the scopes that an access token has already, null where it is not shaped by
 * more than groups (version 1 of the event).
 */
export function issuedTokens(
  { attributes, current }: TokenSubject,
  { groups, claims, scopes, domainStamp }: TokenChanges,
  access: readonly string[] | null,
): IssuedToken[] {
  const memberships = groups ?? current;
  const common = { 'cognito:groups': memberships?.groups ?? [] };
  const shaped = { ...claims, gatehouse_domain: domainStamp };
  const roles = { 'cognito:roles': memberships?.roles, 'cognito:preferred_role': memberships?.preferredRole };
  return [
    {
      token: 'access',
      bytes: tokenBytes(access ? { ...common, ...shaped, scope: [...access, ...scopes].join(' ') } : common),
    },
    { token: 'id', bytes: tokenBytes({ ...attributes, ...common, ...roles, ...shaped }) },
  ];
}

export interface WorstCase {
  bytes: number;
  /** Attributes in claim templates, which may be of any length. */
  openAttributes: number;
}

/** An access token with everything that the policy can put into it; what the pool adds by itself is not known. */
export function worstAccessToken({ groups, tokens, usesDomain }: Artefact): WorstCase {
  let openAttributes = 0;
  const filled = Object.entries(tokens.claims).map(([name, template]) => {
    const longest = String(template).replace(/\$\{user\.[^{}]+\}/g, () => {
      openAttributes++;
      return 'x'.repeat(MAX_ATTRIBUTE_CHARACTERS);
    });
    return [name, typeof template === 'string' ? longest : template] as const;
  });
  const bytes = tokenBytes({
    ...Object.fromEntries(filled),
    'cognito:groups': Object.keys(groups),
    scope: [...new Set(Object.values(tokens.scopes).flat())].join(' '),
    ...(usesDomain && { gatehouse_domain: 'x'.repeat(MAX_DOMAIN_CHARACTERS) }),
  });
  return { bytes, openAttributes };
}

function tokenBytes(claims: Record<string, unknown>): number {
  const payload = OWN_CLAIMS_BYTES + new TextEncoder().encode(JSON.stringify(claims)).length;
  return AROUND_PAYLOAD_BYTES + Math.ceil((payload * 4) / 3);
}
