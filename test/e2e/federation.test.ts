/** What a provider's word comes to: from its response to the tokens, through the built triggers in a user pool. */

import { ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type IdentityProvider, POOL_ID, type ProviderClaims } from '../../sandbox/pool/settings.ts';
import { authorize, signInWithProvider } from '../support/browser.ts';
import { claimsIn, TestPool } from '../support/pool.ts';

const POLICY = `
version: 1
domains: { allow: [example.com] }
providers:
  Okta: { domains: [example.com], link: true, subject_attribute: "custom:subject", groups_attribute: "custom:groups" }
groups: { ops: { members: { idp: { Okta: ["Eng, Ops"] } } }, admin: {} }
`;
const MAPPING = {
  email: 'email',
  email_verified: 'email_verified',
  'custom:subject': 'sub',
  'custom:groups': 'groups',
};
const ADA = { sub: '00uAdA', email: 'Ada@Example.com', groups: ['Eng, Ops', 'admin'] };

let pool: TestPool;
const okta: IdentityProvider = { type: 'OIDC', mapping: MAPPING, people: {} };
const evil: IdentityProvider = { type: 'OIDC', mapping: MAPPING, people: {} };

beforeAll(async () => {
  const settings = { providers: { Okta: okta, Evil: evil }, customAttributes: ['subject', 'groups'] };
  ({ pool } = await TestPool.built(POLICY, { settings }));
});
beforeEach(() => {
  okta.people = { ada: ADA };
});

const claimsOf = async (person: string) => claimsIn((await signInWithProvider(pool, person))['id_token']);

describe('somebody whose sign-in is linked', () => {
  it('lands, the second time, in the account that they have, with the groups that count', async () => {
    const sub = await pool.newcomer('ada@example.com');
    expect(await authorize(pool, { login_hint: 'ada' })).toMatchObject({
      error_description: 'Already found an entry for username okta_00uada',
    });
    expect(await claimsOf('ada')).toMatchObject({
      sub,
      email_verified: true,
      gatehouse_domain: 'example.com',
      'cognito:groups': ['ops'],
    });
  });

  it('loses the groups that the provider no longer says', async () => {
    const { groups: _, ...without } = ADA;
    okta.people = { ada: without };
    expect((await claimsOf('ada'))['cognito:groups']).toBeUndefined();
    okta.people = { ada: ADA };
    expect((await claimsOf('ada'))['cognito:groups']).toEqual(['ops']);
  });

  it.each<[string, Partial<ProviderClaims>]>([
    ['with an address that the provider is not trusted with', { email: 'ada@evil.io', email_verified: true }],
    ['with an address that the provider calls unverified', { email_verified: false }],
    ['without an address', { email: '' }],
  ])('gets no token %s', async (_, change) => {
    okta.people = { ada: { ...ADA, ...change } };
    expect(await signInWithProvider(pool, 'ada')).not.toHaveProperty('id_token');
  });
});

it('whatever another provider says, its people get nobody’s account and no token', async () => {
  evil.people = {
    eve: { sub: '1', email: 'ada@example.com', email_verified: true, groups: ['Eng, Ops'], identities: '[]' },
  };
  expect(await signInWithProvider(pool, 'eve', { identity_provider: 'Evil' })).not.toHaveProperty('id_token');
  const { Users = [] } = await pool.client.send(
    new ListUsersCommand({ UserPoolId: POOL_ID, Filter: 'email = "ada@example.com"' }),
  );
  const [eve, ...others] = Users.filter(({ Attributes }) => JSON.stringify(Attributes).includes('Evil'));
  expect(others).toEqual([]);
  expect(eve).toMatchObject({ Username: 'evil_1', UserStatus: 'EXTERNAL_PROVIDER' });
  expect(eve?.Attributes).toContainEqual({ Name: 'email_verified', Value: 'false' });
});
