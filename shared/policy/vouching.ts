/** Which addresses an identity provider's word is good for (`providers`). */

import type { CompiledProvider } from './artefact.ts';
import { isVerified } from './claims.ts';
import { domainMatches } from './domain.ts';

/**
 * True if an address of `domain` counts as verified because the provider sends it: the policy trusts the provider with
 * that domain, and the provider does not itself call the address unverified. `said` is its `email_verified`; many
 * providers never say it.
 */
export function vouchesFor(provider: CompiledProvider, domain: string | null, said: unknown): boolean {
  const contradicted = said !== undefined && said !== null && !isVerified(said);
  return domain !== null && !contradicted && domainMatches(provider.domains, domain);
}
