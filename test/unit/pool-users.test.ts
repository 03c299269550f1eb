import type { UserType } from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, it } from '@jest/globals';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { countRefused, maskedUser, refusedTotal } from '../../shared/pool/users.ts';

function policyOf(text: string) {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return compilePolicy(parsed.policy);
}

const POLICY = policyOf(
  'version: 1\ndomains: { allow: [example.com, "*.example.com"], deny: [old.example.com] }\n',
);

const user = (email: string | null, verified: string | null, more: Partial<UserType> = {}): UserType => ({
  Username: `name of ${email}`,
  Enabled: true,
  UserStatus: 'CONFIRMED',
  Attributes: [
    ...(email === null ? [] : [{ Name: 'email', Value: email }]),
    ...(verified === null ? [] : [{ Name: 'email_verified', Value: verified }]),
  ],
  ...more,
});

async function* pages(...each: UserType[][]): AsyncGenerator<UserType[]> {
  yield* each;
}

describe('countRefused', () => {
  it('judges each user as the trigger would', async () => {
    const seen: number[] = [];
    const count = await countRefused(
      pages(
        [user('ada@example.com', 'true'), user('bob@a.example.com', 'true'), user('eve@evil.io', 'true')],
        [],
        [
          user('carl@old.example.com', 'true'),
          user('dora@example.com', 'false'),
          user(null, null),
          user('emil@evil.io', 'true', { Enabled: false }),
          user('fred@evil.io', 'false', { UserStatus: 'UNCONFIRMED' }),
          user('gina@evil.io', 'true', { UserStatus: 'FORCE_CHANGE_PASSWORD' }),
        ],
      ),
      { policy: POLICY, vouching: false },
      (users) => seen.push(users),
    );
    expect(seen).toEqual([3, 3, 9]);
    expect(count).toMatchObject({ users: 9, passing: 2, disabled: 1, unconfirmed: 1 });
    expect(
      Object.fromEntries(Object.entries(count.refused).map(([code, each]) => [code, each.count])),
    ).toEqual({
      domain_denied: 3,
      email_unverified: 1,
      email_missing: 1,
    });
    expect(refusedTotal(count)).toBe(5);
  });

  it('keeps a few examples, however many there are', async () => {
    const many = Array.from({ length: 600 }, (_, index) => user(`u${index}@evil.io`, 'true'));
    const count = await countRefused(pages(...Array.from({ length: 50 }, () => many)), {
      policy: POLICY,
      vouching: false,
    });
    expect(count.refused.domain_denied).toMatchObject({ count: 30_000 });
    expect(count.refused.domain_denied?.examples.map(({ email }) => email)).toEqual([
      'u0@evil.io',
      'u1@evil.io',
      'u2@evil.io',
    ]);
  });
});

describe('users of a provider', () => {
  const policy = policyOf(
    'version: 1\ndomains: { allow: [example.com, partner.io] }\nproviders: { Okta: { domains: [example.com] } }\n',
  );
  const federated = (email: string, verified: string | null, provider: string) => ({
    ...user(email, verified, { UserStatus: 'EXTERNAL_PROVIDER' }),
    Attributes: [
      ...(user(email, verified).Attributes ?? []),
      { Name: 'identities', Value: JSON.stringify([{ providerName: provider, userId: 'x' }]) },
    ],
  });
  const users = [
    federated('ada@example.com', null, 'Okta'),
    federated('bob@example.com', 'false', 'Okta'),
    federated('carl@partner.io', 'true', 'Okta'),
    federated('dora@example.com', 'true', 'Google'),
    federated('eve@evil.io', 'true', 'Okta'),
    user('fred@example.com', 'true'),
  ];

  it.each<[string, boolean, object]>([
    [
      'are judged by whom the policy trusts, where inbound-federation will say so',
      true,
      { federated: 5, passing: 3, refused: { email_unverified: { count: 3 } } },
    ],
    [
      'are judged as they are, where it will not',
      false,
      { federated: 0, passing: 3, refused: { email_unverified: { count: 2 }, domain_denied: { count: 1 } } },
    ],
  ])('%s', async (_, vouching, expected) => {
    expect(await countRefused(pages(users), { policy, vouching })).toMatchObject(expected);
  });
});

describe('maskedUser', () => {
  it.each([
    [{ username: 'u1', email: 'ada.lovelace@example.com' }, 'a…@example.com'],
    [{ username: 'u1', email: 'a@b@example.com' }, 'a…@example.com'],
    [{ username: 'u1', email: 'nonsense' }, 'n…'],
    [{ username: 'Okta_ada.lovelace', email: null }, 'Okta…'],
  ])('%j is %s', (given, expected) => {
    expect(maskedUser(given)).toBe(expected);
  });
});
