/** Who may sign up: the domain gate and the rules that hold at sign-up only. */

import type { Artefact } from './artefact.ts';
import type { DecisionCode } from './codes.ts';
import { domainRefusal } from './decide.ts';
import { mailIdentity } from './principal.ts';

/**
 * Why an address may not hold an account, or null if it may. At sign-up nothing is verified yet: an unverified
 * address is enough to refuse, and passing proves nothing.
 */
export async function signUpRefusal(policy: Artefact, email: unknown): Promise<DecisionCode | null> {
  const identity = await mailIdentity(email, true);
  const refusal = domainRefusal(policy, identity);
  if (refusal) return refusal;
  const { disposable, plusAddressing } = policy.domains;
  if (identity.email === null || (disposable === 'allow' && plusAddressing === 'allow')) return null;
  // Not a plain mailbox: neither of the two can be told of it.
  if (identity.domain === null) return 'domain_denied';
  if (plusAddressing === 'deny' && identity.email.includes('+')) return 'email_plus_address';
  if (disposable === 'allow') return null;
  const { isDisposable } = await import('./disposable.ts');
  return isDisposable(identity.domain) ? 'email_disposable' : null;
}
