/** What a local user pool is made from, in the words of the user pools API. */

import type { PoolKeys } from './keys.ts';

export const REGION = 'eu-west-1';
export const POOL_ID = 'eu-west-1_Sandbox01';
export const ISSUER = `https://cognito-idp.${REGION}.amazonaws.com/${POOL_ID}`;
export const APP_CLIENT_ID = 'sandboxapp0000000000000000';
/** Of the app; nobody needs to listen there. */
export const CALLBACK_URL = 'http://localhost:3000/';
export const MACHINE_CLIENT_ID = 'sandboxmachine000000000000';

/** An app client; what is absent has the API's default, but for `PreventUserExistenceErrors` (the console's). */
export interface AppClient {
  ClientId: string;
  ClientSecret?: string;
  ExplicitAuthFlows?: string[];
  PreventUserExistenceErrors?: 'ENABLED' | 'LEGACY';
  /** Minutes, 3 to 15. */
  AuthSessionValidity?: number;
  AllowedOAuthFlows?: string[];
  AllowedOAuthScopes?: string[];
  CallbackURLs?: string[];
  EnableTokenRevocation?: boolean;
}

export type ProviderType = 'OIDC' | 'SAML' | 'Facebook' | 'Google' | 'SignInWithApple' | 'LoginWithAmazon';
export type ProviderClaims = Record<string, unknown> & { sub: string };

/** A stand-in for an external identity provider. It knows its people by the name that they sign in with there. */
export interface IdentityProvider {
  type: ProviderType;
  /** Pool attribute to the provider's claim. */
  mapping: Record<string, string>;
  people: Record<string, ProviderClaims>;
}

export type TokenEventVersion = 'V1_0' | 'V2_0' | 'V3_0';

export interface PoolSettings {
  clients: AppClient[];
  /** By the names that they have in the pool. */
  providers: Record<string, IdentityProvider>;
  /** Custom attributes without the prefix `custom:`. */
  customAttributes: string[];
  /** False, as the console makes pools; names of federated users are in lower case then (contracts F2). */
  caseSensitive: boolean;
  tokenEventVersion: TokenEventVersion;
  /** Cognito waits 5 s for a trigger; tests wait less. */
  triggerTimeLimitMs: number;
  /** Null: made at start. */
  keys: PoolKeys | null;
  /** 0 takes a free one. */
  port: number;
  /** Milliseconds. */
  now: () => number;
}

const PEOPLE_FLOWS = ['USER_PASSWORD_AUTH', 'USER_SRP_AUTH', 'CUSTOM_AUTH', 'REFRESH_TOKEN_AUTH'];

export const DEFAULT_CLIENTS: AppClient[] = [
  {
    ClientId: APP_CLIENT_ID,
    ExplicitAuthFlows: [...PEOPLE_FLOWS, 'ADMIN_USER_PASSWORD_AUTH'].map((flow) => `ALLOW_${flow}`),
    AllowedOAuthFlows: ['code'],
    AllowedOAuthScopes: ['openid', 'email', 'profile', 'aws.cognito.signin.user.admin'],
    CallbackURLs: [CALLBACK_URL],
  },
];

export const DEFAULT_SETTINGS: PoolSettings = {
  clients: DEFAULT_CLIENTS,
  providers: {},
  customAttributes: [],
  caseSensitive: false,
  tokenEventVersion: 'V3_0',
  triggerTimeLimitMs: 5000,
  keys: null,
  port: 0,
  now: Date.now,
};
