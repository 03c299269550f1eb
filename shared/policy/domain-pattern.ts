/** Domain patterns as a policy writes them: `example.com`, or `*.example.com` for its subdomains. */

import { domainPattern } from './domain.ts';
import { hostToAscii } from './idna.ts';

/** The canonical (lower-case ASCII) form of a domain pattern, or `null` if no e-mail domain could match it. */
export function canonicalDomainPattern(text: string): string | null {
  return domainPattern(text, hostToAscii);
}
