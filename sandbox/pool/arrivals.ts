/** The first step of every sign-in: who is it, does PreAuthentication mind, and may this user sign in at all. */

import { eventAttributes } from './attributes.ts';
import type { Attempt } from './challenges.ts';
import type { Directory, User } from './directory.ts';
import { incorrectUserOrPassword, PoolError } from './errors.ts';
import type { AppClient } from './settings.ts';
import type { ClientMetadata } from './sign-in-input.ts';
import type { Triggers } from './triggers.ts';

export class Arrivals {
  readonly #directory: Directory;
  readonly #triggers: Triggers;

  constructor(directory: Directory, triggers: Triggers) {
    this.#directory = directory;
    this.#triggers = triggers;
  }

  /** The metadata of the request reaches PreAuthentication alone, as `validationData` (contracts B2). */
  async begin(
    { client, name, flow }: { client: AppClient; name: string; flow: string },
    metadata: ClientMetadata | undefined,
  ): Promise<Attempt> {
    const user = await this.#directory.user(name);
    if (!user && client.PreventUserExistenceErrors === 'LEGACY')
      throw new PoolError('UserNotFoundException', 'User does not exist.');
    const attempt: Attempt = { client, name, user };
    await this.#triggers.fire('PreAuthentication', {
      triggerSource: 'PreAuthentication_Authentication',
      userName: user?.Username ?? name,
      clientId: client.ClientId,
      request: {
        userAttributes: user ? eventAttributes(user) : {},
        validationData: metadata ?? null,
        ...userNotFound(attempt),
      },
      response: {},
    });
    if (user) refuseWhoMayNot(user, flow);
    return attempt;
  }
}

/** Told only where the client hides who exists. */
export function userNotFound({ client, user }: Pick<Attempt, 'client' | 'user'>): { userNotFound?: boolean } {
  return client.PreventUserExistenceErrors === 'LEGACY' ? {} : { userNotFound: user === null };
}

function refuseWhoMayNot({ Enabled, UserStatus }: User, flow: string): void {
  if (!Enabled) throw new PoolError('NotAuthorizedException', 'User is disabled.');
  if (UserStatus === 'UNCONFIRMED')
    throw new PoolError('UserNotConfirmedException', 'User is not confirmed.');
  // In custom auth Define asks for the new password.
  if (UserStatus === 'RESET_REQUIRED' && flow !== 'CUSTOM_AUTH')
    throw new PoolError('PasswordResetRequiredException', 'Password reset required for the user');
  // Signs in at its provider, and nowhere else.
  if (UserStatus === 'EXTERNAL_PROVIDER') throw incorrectUserOrPassword();
}
