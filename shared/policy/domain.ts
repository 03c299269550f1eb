/** E-mail domains: the one reading of an address, and matching by whole labels (docs/policy.md, "Domains"). */

/** Domain patterns as keys (`example.com`, `*.example.com`), so that a look-up costs one step a label. */
export type DomainSet = Record<string, true>;

// RFC 5321 dot-string. A quoted local part is not plain: `"a@b"@c.d` has fooled parsers that looked for the first `@`.
const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

/** With the letters that RFC 6531 adds. Its classes cost 1.2 ms to compile, so it is the second to be asked. */
const INTERNATIONAL_LOCAL_PART =
  /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;

const LDH_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** RFC 5890 2.3.1: `--` in the third and fourth place marks a label with a meaning of its own, as `xn--` does. */
const RESERVED_LABEL = /^..--/;

/**
 * The domain of a plain mailbox, in its ASCII form and lower case; `null` if the text is anything else: no or
 * several `@`, a quoted local part, a host without a dot, a label that is not valid IDNA2008 as it stands.
 * Asynchronous, because the IDNA table (57 kB gzip) is loaded only for a domain that is not plain ASCII.
 */
export async function domainOfMailbox(address: string): Promise<string | null> {
  const [local, host, ...more] = address.split('@');
  if (local === undefined || host === undefined || more.length > 0) return null;
  if (address.length > 254 || local.length > 64) return null;
  if (!LOCAL_PART.test(local) && !INTERNATIONAL_LOCAL_PART.test(local)) return null;
  const folded = foldHost(host);
  if (isPlainHost(folded)) return isMailHost(folded) ? folded : null;
  const { hostToAscii } = await import('./idna.ts');
  const ascii = hostToAscii(folded);
  return ascii !== null && isMailHost(ascii) ? ascii : null;
}

/** ASCII letters to lower case and one trailing dot off; nothing else is mapped. */
export function foldHost(host: string): string {
  const folded = host.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return folded.endsWith('.') ? folded.slice(0, -1) : folded;
}

/** True for a host name that needs no IDNA: letters, digits and hyphens, and no reserved label. */
export function isPlainHost(host: string): boolean {
  return ldhHost(host) !== null && !host.split('.').some((label) => RESERVED_LABEL.test(label));
}

/** True for a host that mail can be for: at least two labels, and not an IPv4 address. */
export function isMailHost(host: string): boolean {
  return /\.[^.]*[^.0-9][^.]*$/.test(host);
}

/** True if the pattern set holds the domain itself, or `*.` and one of its parents. Takes an ASCII domain. */
export function domainMatches(patterns: DomainSet, domain: string): boolean {
  if (Object.hasOwn(patterns, domain)) return true;
  for (let dot = domain.indexOf('.'); dot !== -1; dot = domain.indexOf('.', dot + 1)) {
    if (Object.hasOwn(patterns, `*${domain.slice(dot)}`)) return true;
  }
  return false;
}

/** `a.b.example.com` gives `b.example.com`, `example.com`, `com`. */
export function parentsOf(domain: string): string[] {
  const labels = domain.split('.');
  return labels.slice(1).map((_, index) => labels.slice(index + 1).join('.'));
}

/**
 * The canonical form of a domain pattern, or `null` if no e-mail domain could match it. `toAscii` is asked about a
 * host that is not plain; where the IDNA table is too large to have, pass `ldhHost`.
 */
export function domainPattern(text: string, toAscii: (host: string) => string | null): string | null {
  const wildcard = text.startsWith('*.');
  const folded = foldHost(wildcard ? text.slice(2) : text);
  const host = isPlainHost(folded) ? folded : toAscii(folded);
  // `*.edu` names real mail hosts; `edu` alone names none.
  if (host === null || !isMailHost(wildcard ? `a.${host}` : host)) return null;
  return wildcard ? `*.${host}` : host;
}

/** Checked patterns as a set; `toAscii` as for `domainPattern`. */
export function domainSet(patterns: readonly string[], toAscii: (host: string) => string | null): DomainSet {
  return Object.fromEntries(
    patterns.map((pattern) => [domainPattern(pattern, toAscii) ?? pattern, true as const]),
  );
}

/** The host itself if it has the form of ASCII labels, `xn--` included (not looked into); else `null`. */
export function ldhHost(host: string): string | null {
  return host.length <= 253 && host.split('.').every((label) => LDH_LABEL.test(label)) ? host : null;
}
