/** From what an external provider says to the attributes of a profile (contracts B8, F4). */

import { randomUUID } from 'node:crypto';
import type { AttributeMap } from './attributes.ts';
import type { IdentityProvider } from './settings.ts';

/** A list arrives as one text, `[a, b]`, its elements URL-encoded. */
export function asText(claims: Record<string, unknown>): AttributeMap {
  const there = Object.entries(claims).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    there.map(([name, value]) => [name, Array.isArray(value) ? listText(value) : String(value)]),
  );
}

/** `request.attributes` of the inbound federation trigger. */
export function rawAttributes(
  { type }: IdentityProvider,
  claims: AttributeMap,
): Record<string, AttributeMap> {
  if (type === 'SAML') return { samlResponse: claims };
  return {
    tokenResponse: { access_token: randomUUID(), token_type: 'Bearer', expires_in: '3600' },
    idToken: claims,
    userInfo: claims,
  };
}

/** By the provider's mapping. An address is not verified unless the mapping says so. */
export function mapAttributes({ mapping }: IdentityProvider, claims: AttributeMap): AttributeMap {
  const unverified = 'email' in mapping && !('email_verified' in mapping) ? { email_verified: 'false' } : {};
  const mapped = Object.entries(mapping).flatMap(([attribute, claim]) => {
    const value = claims[claim];
    return value === undefined ? [] : [[attribute, value] as const];
  });
  return { ...unverified, ...Object.fromEntries(mapped) };
}

function listText(values: unknown[]): string {
  return `[${values.map((each) => encodeURIComponent(String(each))).join(', ')}]`;
}
