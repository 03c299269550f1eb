/** Domain patterns as a policy writes them: `example.com`, or `*.example.com` for its subdomains. */

import { type DomainSet, domainPattern, domainSet } from './domain.ts';
import { hostToAscii } from './idna.ts';

/** The canonical (lower-case ASCII) form of a domain pattern, or `null` if no e-mail domain could match it. */
export function canonicalDomainPattern(text: string): string | null {
  return domainPattern(text, hostToAscii);
}

export function canonicalDomainSet(patterns: readonly string[]): DomainSet {
  return domainSet(patterns, hostToAscii);
}
