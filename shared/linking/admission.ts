/** Whether somebody may have an account, and whether it is one that is there already. */

import type { Artefact } from '../policy/artefact.ts';
import type { DecisionCode } from '../policy/codes.ts';
import { signUpRefusal } from '../policy/sign-up.ts';
import { invitationRefusal } from '../store/invitations.ts';
import type { Store } from '../store/ports.ts';
import { type FederatedSignUp, linkFederatedUser } from './link.ts';
import type { Directory } from './ports.ts';

export interface Admission {
  /** Null: admitted. */
  refusal: DecisionCode | null;
  /** Of a sign-in through a provider that is to be linked: `linked`, or why it gets an account of its own. */
  reason?: string;
}

export interface Gate {
  policy: Artefact;
  store: Pick<Store, 'get'>;
  /** Null: nobody is linked, for it is no federated sign-in, or only observed. */
  directory: Directory | null;
}

/** Throws `StoreError`, `DirectoryError`, `LinkError`: then nobody may say that the account is admitted. */
export async function admit({ policy, store, directory }: Gate, signUp: FederatedSignUp): Promise<Admission> {
  const { email } = signUp.attributes;
  const refusal = await signUpRefusal(policy, email);
  if (refusal) return { refusal };
  const link = directory && (await linkFederatedUser({ policy, directory }, signUp));
  if (link?.kind === 'blocked') return { refusal: 'blocked' };
  // No account is made, so none needs an invitation.
  if (link?.kind === 'linked') return { refusal: null, reason: 'linked' };
  const uninvited = policy.signUp.mode === 'invite' ? await invitationRefusal(store, email) : null;
  return { refusal: uninvited, ...(link && { reason: `not_linked:${link.reason}` }) };
}
