/** Whom an invitation is for: read by the same code when it is given and when somebody signs up. */

import { mailboxOf } from './mailbox.ts';

/**
 * What an invitation is kept as: `ada@example.com`, or `@example.com` for everybody of exactly that domain. Takes an
 * address, or a domain with or without `@` before it; null for anything else.
 */
export async function invitationFor(invited: string): Promise<string | null> {
  const host = invited.startsWith('@') ? invited.slice(1) : invited;
  if (host.includes('@')) return (await mailboxOf(host))?.address ?? null;
  const anybody = await mailboxOf(`anybody@${host}`);
  return anybody && `@${anybody.domain}`;
}

/** The invitations that admit an address, any of which is enough; null if it is not a plain mailbox. */
export async function invitationsOf(address: string): Promise<[address: string, domain: string] | null> {
  const mailbox = await mailboxOf(address);
  return mailbox && [mailbox.address, `@${mailbox.domain}`];
}
