/** Issues tokens, each time shaped by the pre token generation trigger (contracts B6), and refreshes them. */

import { randomUUID } from 'node:crypto';
import { eventAttributes } from './attributes.ts';
import { groupConfiguration, machineClaims, TOKEN_SECONDS, userClaims } from './claims.ts';
import type { Directory, User } from './directory.ts';
import { PoolError } from './errors.ts';
import { type Claims, type PoolKeys, signToken } from './keys.ts';
import { RefreshTokens, type SignInSession } from './refresh-tokens.ts';
import type { AppClient, PoolSettings } from './settings.ts';
import type { ClientMetadata } from './sign-in-input.ts';
import { changeTokens } from './token-changes.ts';
import type { Triggers } from './triggers.ts';

export interface AuthenticationResult {
  AccessToken: string;
  IdToken: string;
  RefreshToken?: string;
  ExpiresIn: number;
  TokenType: 'Bearer';
}

/** Why tokens are issued, and what of the request reaches the trigger. */
export interface TokenCause {
  triggerSource: string;
  clientMetadata?: ClientMetadata | undefined;
}

export interface SignInCause extends TokenCause {
  scopes?: string[];
  /** For the ID token alone. */
  idClaims?: Claims;
}

const REFRESH_SECONDS = 30 * 24 * 3600;
const SDK_SCOPES = ['aws.cognito.signin.user.admin'];

export class TokenIssuer {
  readonly #directory: Directory;
  readonly #triggers: Triggers;
  readonly #keys: PoolKeys;
  readonly #settings: Pick<PoolSettings, 'tokenEventVersion' | 'now'>;
  readonly #refreshTokens = new RefreshTokens();

  constructor(
    parts: { directory: Directory; triggers: Triggers; keys: PoolKeys },
    settings: Pick<PoolSettings, 'tokenEventVersion' | 'now'>,
  ) {
    this.#directory = parts.directory;
    this.#triggers = parts.triggers;
    this.#keys = parts.keys;
    this.#settings = settings;
  }

  /** The tokens of a new sign-in. */
  async signIn(user: User, client: AppClient, cause: SignInCause): Promise<AuthenticationResult> {
    const now = this.#nowSeconds();
    const session: SignInSession = {
      username: user.Username,
      clientId: client.ClientId,
      originJti: randomUUID(),
      authTime: now,
      scopes: cause.scopes ?? SDK_SCOPES,
      expiresAt: now + REFRESH_SECONDS,
    };
    const tokens = await this.#issue({ user, client, session }, cause);
    const RefreshToken = this.#refreshTokens.seal(session);
    await this.#directory.addRefreshToken(user, RefreshToken);
    return { ...tokens, RefreshToken };
  }

  /** New tokens of the same sign-in; the trigger sees the user and the groups of today. */
  async refresh(token: string, client: AppClient, cause: TokenCause): Promise<AuthenticationResult> {
    const user = await this.#directory.userWithRefreshToken(token);
    const session = this.#refreshTokens.open(token);
    if (!user || session?.clientId !== client.ClientId || session.expiresAt <= this.#nowSeconds())
      throw new PoolError('NotAuthorizedException', 'Invalid Refresh Token.');
    if (!user.Enabled) throw new PoolError('NotAuthorizedException', 'User is disabled.');
    return this.#issue({ user, client, session }, cause);
  }

  /** A machine's access token. Only version 3 of the trigger is asked about it. */
  async forMachine(client: AppClient, scopes: string[], clientMetadata?: ClientMetadata): Promise<string> {
    const claims = { id: null, access: machineClaims(client, scopes, this.#nowSeconds()) };
    if (this.#settings.tokenEventVersion !== 'V3_0') return signToken(claims.access, this.#keys.access);
    const response = await this.#triggers.fire('PreTokenGeneration', {
      version: '3',
      triggerSource: 'TokenGeneration_ClientCredentials',
      userName: client.ClientId,
      clientId: client.ClientId,
      request: { userAttributes: {}, groupConfiguration: null, scopes, clientMetadata },
      response: { claimsAndScopeOverrideDetails: null },
    });
    return signToken(changeTokens(claims, response, 'V3_0').access, this.#keys.access);
  }

  async #issue(
    grant: { user: User; client: AppClient; session: SignInSession },
    { triggerSource, clientMetadata, idClaims }: SignInCause,
  ): Promise<AuthenticationResult> {
    const { user, client, session } = grant;
    const version = this.#settings.tokenEventVersion;
    const groups = await this.#directory.groupsOf(user);
    const response = await this.#triggers.fire('PreTokenGeneration', {
      version: version.slice(1, 2),
      triggerSource,
      userName: user.Username,
      clientId: client.ClientId,
      request: {
        userAttributes: eventAttributes(user),
        groupConfiguration: groupConfiguration(groups),
        ...(version === 'V1_0' ? {} : { scopes: session.scopes }),
        clientMetadata,
      },
      response: { [version === 'V1_0' ? 'claimsOverrideDetails' : 'claimsAndScopeOverrideDetails']: null },
    });
    const claims = userClaims({ ...grant, groups }, this.#nowSeconds());
    const { id, access } = changeTokens({ ...claims, id: { ...claims.id, ...idClaims } }, response, version);
    return {
      AccessToken: signToken(access, this.#keys.access),
      IdToken: signToken(id ?? {}, this.#keys.id),
      ExpiresIn: TOKEN_SECONDS,
      TokenType: 'Bearer',
    };
  }

  #nowSeconds(): number {
    return Math.floor(this.#settings.now() / 1000);
  }
}
