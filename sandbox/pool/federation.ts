/**
 * Signing in with an external provider (contracts B2, B8, F1): which triggers run the first time and later, and how a
 * profile comes to be.
 */

import { randomUUID } from 'node:crypto';
import { newUser } from './accounts.ts';
import { type AttributeMap, eventAttributes, withAttributes } from './attributes.ts';
import type { Directory, User } from './directory.ts';
import { PoolError } from './errors.ts';
import { federatedUserName, identityOf, isIdentity, withIdentity } from './identities.ts';
import { asText, mapAttributes, rawAttributes } from './provider-attributes.ts';
import {
  type AppClient,
  type IdentityProvider,
  POOL_ID,
  type PoolSettings,
  type ProviderClaims,
} from './settings.ts';
import { type TriggerName, type Triggers, unrecognizableOutput } from './triggers.ts';

/** Somebody whom a provider vouches for. */
export interface Assertion {
  providerName: string;
  provider: IdentityProvider;
  claims: ProviderClaims;
  client: AppClient;
}

export class Federation {
  readonly #directory: Directory;
  readonly #triggers: Triggers;
  readonly #settings: Pick<PoolSettings, 'caseSensitive' | 'now'>;

  constructor(
    directory: Directory,
    triggers: Triggers,
    settings: Pick<PoolSettings, 'caseSensitive' | 'now'>,
  ) {
    this.#directory = directory;
    this.#triggers = triggers;
    this.#settings = settings;
  }

  /** The user of the pool that this person is; made the first time. Tokens are the caller's (`HostedAuth`). */
  async signIn(assertion: Assertion): Promise<User> {
    const { providerName, provider, claims, client } = assertion;
    const userName = federatedUserName(providerName, claims.sub, this.#settings);
    const attributes = mapAttributes(provider, await this.#inbound(assertion, userName));
    const known = (await this.#linkedUser(assertion)) ?? (await this.#directory.user(userName));
    if (!known) return this.#firstTime(assertion, userName, attributes);
    if (!known.Enabled) throw new PoolError('NotAuthorizedException', 'User is disabled.');
    const user = withAttributes(known, attributes);
    await this.#directory.save(user);
    const call = { userName: user.Username, clientId: client.ClientId };
    await this.#triggers.fire('PreAuthentication', {
      ...call,
      triggerSource: 'PreAuthentication_Authentication',
      request: { userAttributes: eventAttributes(user), validationData: null },
      response: {},
    });
    await this.#triggers.fire('PostAuthentication', {
      ...call,
      triggerSource: 'PostAuthentication_Authentication',
      request: { userAttributes: eventAttributes(user), newDeviceUsed: false },
      response: {},
    });
    return user;
  }

  /** No Pre- or PostAuthentication here (contracts F1). */
  async #firstTime(assertion: Assertion, userName: string, attributes: AttributeMap): Promise<User> {
    const { providerName, provider, claims } = assertion;
    await this.#fire('PreSignUp', 'PreSignUp_ExternalProvider', assertion, {
      userName,
      request: {
        userAttributes: { 'cognito:email_alias': '', 'cognito:phone_number_alias': '', ...attributes },
        validationData: {},
      },
      response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
    });
    // Linked just now: this very sign-in fails, and the next one finds the link (contracts F3).
    if (await this.#linkedUser(assertion))
      throw new PoolError('InvalidParameterException', `Already found an entry for username ${userName}`);
    const identity = identityOf(
      { providerName, type: provider.type, subject: claims.sub, primary: true },
      this.#settings.now(),
    );
    const profile = newUser(userName, { sub: randomUUID(), ...attributes }, 'EXTERNAL_PROVIDER');
    const user = withIdentity(profile, identity);
    await this.#directory.save(user);
    await this.#directory.join(user, `${POOL_ID}_${providerName}`);
    await this.#fire('PostConfirmation', 'PostConfirmation_ConfirmSignUp', assertion, {
      userName,
      request: { userAttributes: eventAttributes(user) },
      response: {},
    });
    return user;
  }

  /** The provider's attributes, or those that the function wants in their place; an empty map changes nothing. */
  async #inbound(assertion: Assertion, userName: string): Promise<AttributeMap> {
    const { providerName, provider, claims } = assertion;
    const original = asText(claims);
    const response = await this.#fire('InboundFederation', 'InboundFederation_ExternalProvider', assertion, {
      userName,
      request: { providerName, providerType: provider.type, attributes: rawAttributes(provider, original) },
      response: { userAttributesToMap: {} },
    });
    const { userAttributesToMap: wanted = {} } = response;
    if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) throw unrecognizableOutput();
    return Object.keys(wanted).length > 0 ? asText(wanted as Record<string, unknown>) : original;
  }

  async #linkedUser({ providerName, claims }: Assertion): Promise<User | null> {
    const users = await this.#directory.users();
    const linked = users.find(
      (user) => user.UserStatus !== 'EXTERNAL_PROVIDER' && isIdentity(user, providerName, claims.sub),
    );
    return linked ?? null;
  }

  #fire(
    name: TriggerName,
    triggerSource: string,
    { client }: Assertion,
    call: { userName: string; request: Record<string, unknown>; response: Record<string, unknown> },
  ): Promise<Record<string, unknown>> {
    return this.#triggers.fire(name, { ...call, triggerSource, clientId: client.ClientId });
  }
}
