/** What the audit's rules take an app client for: each row is a client, and who signs in with it, how. */

import { describe, expect, it } from '@jest/globals';
import {
  accessSeconds,
  isMachine,
  mayWrite,
  reachesSelfService,
  refreshSeconds,
  signInFlows,
  spoken,
  takesPasswords,
  usesManagedLogin,
} from '../../shared/pool/audit/app-clients.ts';
import type { AppClient } from '../../shared/pool/audit/facts.ts';

const REFRESH = ['ALLOW_REFRESH_TOKEN_AUTH'] as const;
const machine: AppClient = {
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['client_credentials'],
  ExplicitAuthFlows: [...REFRESH],
};
const hosted: AppClient = {
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code'],
  AllowedOAuthScopes: ['openid'],
  SupportedIdentityProviders: ['Okta'],
  ExplicitAuthFlows: [...REFRESH],
};

/** `m` a machine's, `h` managed login, `p` passwords, `s` people may change their own attributes. */
const CLIENTS: [what: string, client: AppClient, is: string][] = [
  ['client credentials alone', machine, 'm'],
  ['client credentials, and no flow named', { ...machine, ExplicitAuthFlows: [] }, 'm'],
  ['a grant that is switched off', { ...machine, AllowedOAuthFlowsUserPoolClient: false }, ''],
  ['no grant', { ...machine, AllowedOAuthFlows: [] }, 'h'],
  [
    'a machine’s and a person’s grant',
    { ...machine, AllowedOAuthFlows: ['client_credentials', 'code'] },
    'h',
  ],
  [
    'client credentials, and a flow for people',
    { ...machine, ExplicitAuthFlows: [...REFRESH, 'ALLOW_USER_SRP_AUTH'] },
    'hps',
  ],
  ['a provider’s people', hosted, 'h'],
  ['… and the pool’s own', { ...hosted, SupportedIdentityProviders: ['Okta', 'COGNITO'] }, 'hp'],
  [
    '… whose tokens reach the self-service',
    { ...hosted, AllowedOAuthScopes: ['aws.cognito.signin.user.admin'] },
    'hs',
  ],
  [
    'the pool’s own, managed login off',
    { SupportedIdentityProviders: ['COGNITO'], ExplicitAuthFlows: [...REFRESH] },
    '',
  ],
  [
    'a scope, managed login off',
    { AllowedOAuthScopes: ['aws.cognito.signin.user.admin'], ExplicitAuthFlows: [...REFRESH] },
    '',
  ],
  ['nothing said: Cognito’s default flows', {}, 'ps'],
  ['one flow', { ExplicitAuthFlows: ['ALLOW_USER_AUTH'] }, 'ps'],
  ['refreshing alone, by its old name', { ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'] }, ''],
];

describe('an app client', () => {
  it.each(CLIENTS)('%s', (_, client, is) => {
    const tests = { m: isMachine, h: usesManagedLogin, p: takesPasswords, s: reachesSelfService };
    const holds = Object.entries(tests).flatMap(([letter, test]) => (test(client) ? [letter] : []));
    expect(holds.join('')).toBe(is);
  });

  it('has the flows that it names but refreshing, or the defaults; a machine has none', () => {
    expect(signInFlows({ ExplicitAuthFlows: [...REFRESH, 'USER_PASSWORD_AUTH'] })).toEqual([
      'USER_PASSWORD_AUTH',
    ]);
    expect(signInFlows({})).toEqual(['ALLOW_USER_SRP_AUTH', 'ALLOW_CUSTOM_AUTH']);
    expect(signInFlows({ ...machine, ExplicitAuthFlows: undefined })).toEqual([]);
  });

  it.each([
    ['what is listed', ['name'], 'name', true],
    ['what is not listed', ['name'], 'email', false],
    ['a custom attribute that is listed', ['custom:tenant'], 'custom:tenant', true],
    ['any standard one without a list', undefined, 'email', true],
    ['no custom one without a list', undefined, 'custom:tenant', false],
    ['no administrator’s one without a list', undefined, 'dev:custom:tenant', false],
    ['a standard one whose name only ends so', undefined, 'my-custom:tenant', true],
  ])('may write %s: %p', (_, WriteAttributes, attribute, may) => {
    expect(mayWrite({ WriteAttributes }, attribute)).toBe(may);
  });

  it.each([
    [{}, 3600, 2_592_000],
    [{ AccessTokenValidity: 2, RefreshTokenValidity: 3 }, 7200, 259_200],
    [{ AccessTokenValidity: 0, RefreshTokenValidity: 0 }, 3600, 2_592_000],
    [
      {
        AccessTokenValidity: 300,
        RefreshTokenValidity: 90,
        TokenValidityUnits: { AccessToken: 'seconds', RefreshToken: 'minutes' },
      } satisfies AppClient,
      300,
      5400,
    ],
  ])('%j: access tokens live for %i s, refresh tokens for %i s', (client, access, refresh) => {
    expect([accessSeconds(client), refreshSeconds(client)]).toEqual([access, refresh]);
  });

  it.each([
    [1, '1 second'],
    [59, '59 seconds'],
    [60, '1 minute'],
    [5400, '90 minutes'],
    [7200, '2 hours'],
    [86_400, '1 day'],
    [90_000, '25 hours'],
  ])('says %i s as %s', (total, text) => {
    expect(spoken(total)).toBe(text);
  });
});
