/**
 * Whom an invitation is for: read by the same code when it is given and when somebody signs up. Domains are compared
 * as everywhere; of the local part ASCII letters in lower case, for nobody has two mailboxes that differ in them. What
 * stands behind a `+` is part of the address.
 */

import { domainOfMailbox } from './domain.ts';

/**
 * What an invitation is kept as: `ada@example.com`, or `@example.com` for everybody of exactly that domain. Takes an
 * address, or a domain with or without `@` before it; null for anything else.
 */
export async function invitationFor(invited: string): Promise<string | null> {
  const host = invited.startsWith('@') ? invited.slice(1) : invited;
  if (host.includes('@')) return (await invitationsOf(host))?.[0] ?? null;
  const domain = await domainOfMailbox(`anybody@${host}`);
  return domain === null ? null : `@${domain}`;
}

/** The invitations that admit an address, any of which is enough; null if it is not a plain mailbox. */
export async function invitationsOf(address: string): Promise<[address: string, domain: string] | null> {
  const domain = await domainOfMailbox(address);
  if (domain === null) return null;
  const local = address.slice(0, address.indexOf('@'));
  return [`${local.replace(/[A-Z]/g, (letter) => letter.toLowerCase())}@${domain}`, `@${domain}`];
}
