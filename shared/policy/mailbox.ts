/** When two addresses are one mailbox. */

import { domainOfMailbox } from './domain.ts';

export interface Mailbox {
  /** In the one spelling that stands for all of the same mailbox. */
  address: string;
  domain: string;
}

/**
 * Domains are compared as everywhere; of the local part ASCII letters in lower case, for nobody has two mailboxes that
 * differ in them. What stands behind a `+` is part of the address. Null if it is not a plain mailbox.
 */
export async function mailboxOf(address: unknown): Promise<Mailbox | null> {
  if (typeof address !== 'string') return null;
  const domain = await domainOfMailbox(address);
  if (domain === null) return null;
  const local = address.slice(0, address.indexOf('@'));
  return { address: `${local.replace(/[A-Z]/g, (letter) => letter.toLowerCase())}@${domain}`, domain };
}
