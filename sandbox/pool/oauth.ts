/**
 * The OAuth endpoints that the sandbox needs: `/oauth2/authorize` with an external provider's stand-in, and
 * `/oauth2/token` for codes, refresh tokens and machines. There is no managed login page.
 */

import { createHash } from 'node:crypto';
import { isSameSecret } from './constant-time.ts';
import type { Directory, User } from './directory.ts';
import { PoolError } from './errors.ts';
import type { Federation } from './federation.ts';
import { Sessions } from './sessions.ts';
import type { AppClient, PoolSettings } from './settings.ts';
import type { TokenIssuer } from './tokens.ts';

interface Grant {
  user: User;
  clientId: string;
  redirectUri: string;
  scopes: string[];
  nonce: string | null;
  codeChallenge: string | null;
  clientMetadata?: Record<string, string>;
}

/** An error of RFC 6749, section 5.2. */
export class OAuthError extends Error {
  constructor(code: string) {
    super(code);
    this.name = 'OAuthError';
  }
}

const CODE_MINUTES = 5;

export class OAuth {
  readonly #parts: { directory: Directory; federation: Federation; tokens: TokenIssuer };
  readonly #providers: PoolSettings['providers'];
  readonly #codes: Sessions<Grant>;

  constructor(
    parts: { directory: Directory; federation: Federation; tokens: TokenIssuer },
    settings: Pick<PoolSettings, 'providers' | 'now'>,
  ) {
    this.#parts = parts;
    this.#providers = settings.providers;
    this.#codes = new Sessions(settings.now);
  }

  /**
   * Where the browser goes next. The provider's stand-in asks nothing: `login_hint` names who signs in there. Throws
   * `OAuthError` for what must not be redirected.
   */
  async authorize(query: URLSearchParams): Promise<string> {
    const client = await this.#client(query.get('client_id'));
    const redirectUri = query.get('redirect_uri') ?? '';
    if (!client.CallbackURLs?.includes(redirectUri)) throw new OAuthError('redirect_mismatch');
    const answer = await this.#answer(client, redirectUri, query).catch((error: unknown) => refusalOf(error));
    const state = query.get('state');
    const target = new URL(redirectUri);
    for (const [name, value] of Object.entries({ ...answer, ...(state === null ? {} : { state }) }))
      target.searchParams.set(name, value);
    return target.href;
  }

  /** The body of the answer. Throws `OAuthError`. */
  async token(form: URLSearchParams, authorization: string | undefined): Promise<object> {
    const client = await this.#authenticated(form, authorization);
    switch (form.get('grant_type') ?? '') {
      case 'authorization_code':
        return this.#redeem(client, form);
      case 'refresh_token': {
        const cause = { triggerSource: 'TokenGeneration_RefreshTokens' };
        const refreshed = this.#parts.tokens.refresh(form.get('refresh_token') ?? '', client, cause);
        return asOAuth(await refreshed.catch(() => Promise.reject(new OAuthError('invalid_grant'))));
      }
      case 'client_credentials':
        return this.#forMachine(client, form);
      default:
        throw new OAuthError('unsupported_grant_type');
    }
  }

  async #answer(
    client: AppClient,
    redirectUri: string,
    query: URLSearchParams,
  ): Promise<Record<string, string>> {
    if (query.get('response_type') !== 'code' || !client.AllowedOAuthFlows?.includes('code'))
      return { error: 'unauthorized_client' };
    const scopes = allowedScopes(client, query.get('scope'));
    if (!scopes) return { error: 'invalid_scope' };
    const providerName = query.get('identity_provider') ?? '';
    const provider = Object.hasOwn(this.#providers, providerName) ? this.#providers[providerName] : undefined;
    const claims = provider?.people[query.get('login_hint') ?? ''];
    if (!provider || !claims) return { error: 'access_denied' };
    const user = await this.#parts.federation.signIn({ providerName, provider, claims, client });
    const codeChallenge = query.get('code_challenge');
    const grant = {
      user,
      clientId: client.ClientId,
      redirectUri,
      scopes,
      nonce: query.get('nonce'),
      codeChallenge,
    };
    return { code: this.#codes.keep(grant, CODE_MINUTES) };
  }

  async #redeem(client: AppClient, form: URLSearchParams): Promise<object> {
    const grant = this.#codes.take(form.get('code') ?? '');
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const proved = grant?.codeChallenge === null || proof === grant?.codeChallenge;
    if (grant?.clientId !== client.ClientId || grant.redirectUri !== form.get('redirect_uri') || !proved)
      throw new OAuthError('invalid_grant');
    const tokens = await this.#parts.tokens.signIn(grant.user, client, {
      triggerSource: 'TokenGeneration_HostedAuth',
      scopes: grant.scopes,
      idClaims: grant.nonce === null ? {} : { nonce: grant.nonce },
    });
    return asOAuth(tokens);
  }

  async #forMachine(client: AppClient, form: URLSearchParams): Promise<object> {
    if (!client.ClientSecret || !client.AllowedOAuthFlows?.includes('client_credentials'))
      throw new OAuthError('unauthorized_client');
    const scopes = allowedScopes(client, form.get('scope'));
    if (!scopes) throw new OAuthError('invalid_scope');
    const token = await this.#parts.tokens.forMachine(client, scopes, clientMetadataOf(form));
    return { access_token: token, expires_in: 3600, token_type: 'Bearer' };
  }

  async #client(id: string | null): Promise<AppClient> {
    const client = await this.#parts.directory.client(id ?? '');
    if (!client) throw new OAuthError('invalid_client');
    return client;
  }

  /** A client with a secret shows it, in the header or in the body. */
  async #authenticated(form: URLSearchParams, authorization: string | undefined): Promise<AppClient> {
    const basic = /^Basic (\S+)$/i.exec(authorization ?? '')?.[1];
    const [, id, secret] = basic
      ? (/^([^:]*):(.*)$/.exec(Buffer.from(basic, 'base64').toString()) ?? []).map(decodeURIComponent)
      : ['', form.get('client_id') ?? '', form.get('client_secret') ?? ''];
    const client = await this.#client(id ?? '');
    if (client.ClientSecret !== undefined && !isSameSecret(client.ClientSecret, secret ?? ''))
      throw new OAuthError('invalid_client');
    return client;
  }
}

/** What was asked for, or all that the client may have; null if it asks for more. */
function allowedScopes({ AllowedOAuthScopes = [] }: AppClient, asked: string | null): string[] | null {
  const scopes = asked?.split(' ').filter(Boolean) ?? AllowedOAuthScopes;
  return scopes.every((scope) => AllowedOAuthScopes.includes(scope)) ? scopes : null;
}

/** A trigger's refusal goes to the browser in the redirect (contracts F1). */
function refusalOf(error: unknown): Record<string, string> {
  if (!(error instanceof PoolError)) throw error;
  return { error: 'invalid_request', error_description: error.message };
}

function clientMetadataOf(form: URLSearchParams): Record<string, string> | undefined {
  const text = form.get('aws_client_metadata');
  return text === null ? undefined : (JSON.parse(text) as Record<string, string>);
}

function asOAuth(tokens: {
  AccessToken: string;
  IdToken: string;
  RefreshToken?: string;
  ExpiresIn: number;
}): object {
  return {
    access_token: tokens.AccessToken,
    id_token: tokens.IdToken,
    refresh_token: tokens.RefreshToken,
    expires_in: tokens.ExpiresIn,
    token_type: 'Bearer',
  };
}
