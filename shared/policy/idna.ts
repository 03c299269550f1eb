/** IDNA2008 host names to ASCII (RFC 5891), by `idn-hostname`; its table is large, so import this lazily. */

import { idnHostname, uts46map } from 'idn-hostname';

/**
 * The ASCII form of a host name, or `null` if a label is not valid IDNA2008 or is one that mapping would change
 * (a full-width dot, a Kelvin sign, an upper-case umlaut): what looks like another name must not become it.
 */
export function hostToAscii(host: string): string | null {
  try {
    const labels = host.split('.');
    const unchanged = labels.every((label) => uts46map(label).normalize('NFC') === label);
    // RFC 5891 4.2.3.1; the library overlooks it where a third hyphen stands before (`y---a`).
    const reserved = labels.some((label) => /^..--/.test(label) && !label.startsWith('xn--'));
    return unchanged && !reserved ? idnHostname(host) : null;
  } catch {
    // The library throws for every invalid name; which rule it broke is of no use to a caller who refuses it.
    return null;
  }
}
