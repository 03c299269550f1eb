/** Domains of throw-away mailboxes; the list is large, so import this lazily. */

import blocklist from 'disposable-email-domains-js/dist/dict/disposable_email_blocklist.json' with {
  type: 'json',
};
import { parentsOf } from './domain.ts';

const DISPOSABLE: ReadonlySet<string> = new Set(blocklist);

/** True if the domain, or one that it is below, is on the list. Takes an ASCII domain. */
export function isDisposable(domain: string): boolean {
  return [domain, ...parentsOf(domain)].some((each) => DISPOSABLE.has(each));
}
