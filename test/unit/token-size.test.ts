import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mailIdentity } from '../../shared/policy/principal.ts';
import { issuedTokens, ROOMY_TOKEN_BYTES, worstAccessToken } from '../../shared/policy/token-size.ts';
import type { TokenChanges, TokenSubject } from '../../shared/policy/tokens.ts';
import { policyWarnings } from '../../shared/policy/warnings.ts';
import { compiled } from '../support/policy.ts';
import { ISSUER, rsaKey, signJwt } from '../support/tokens.ts';

const UUID = '11111111-2222-3333-4444-555555555555';
const key = rsaKey('q2ZcQk1sT0hPd0dQcVZtV0x6R2lYQT09'.padEnd(44, '='));
/** What Cognito writes by itself (developer guide, using-the-access-token, -id-token). */
const own = {
  sub: UUID,
  iss: ISSUER,
  origin_jti: UUID,
  event_id: UUID,
  jti: UUID,
  auth_time: 1_800_000_000,
  iat: 1_800_000_000,
  exp: 1_800_003_600,
};
const ownAccess = { ...own, token_use: 'access', version: 2, client_id: 'a'.repeat(26), username: UUID };
const ownId = { ...own, token_use: 'id', aud: 'a'.repeat(26), 'cognito:username': UUID };
const headerOf = (claims: object) => `Bearer ${signJwt(claims, key)}`.length;

const subjectOf = async (attributes: Record<string, string>): Promise<TokenSubject> => ({
  sub: UUID,
  mail: await mailIdentity(undefined, false),
  attributes,
  current: { groups: [], roles: [], preferredRole: null },
});

describe('the size of what is issued', () => {
  it('is that of the token, rounded up by less than a kilobyte', async () => {
    const names = fc.array(fc.string({ minLength: 1, maxLength: 40 }), { maxLength: 60 });
    const texts = fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), fc.string({ maxLength: 300 }), {
      maxKeys: 8,
    });
    await fc.assert(
      fc.asyncProperty(names, names, texts, texts, async (groups, scopes, claims, attributes) => {
        const changes: TokenChanges = {
          groups: { groups, roles: [], preferredRole: null },
          claims,
          scopes,
          domainStamp: 'example.com',
        };
        const tokens = issuedTokens(await subjectOf(attributes), changes, ['openid']);
        const shaped = { ...claims, gatehouse_domain: 'example.com', 'cognito:groups': groups };
        const actual = {
          access: headerOf({ ...ownAccess, ...shaped, scope: ['openid', ...scopes].join(' ') }),
          id: headerOf({ ...ownId, ...attributes, ...shaped }),
        };
        for (const { token, bytes } of tokens) {
          expect(bytes).toBeGreaterThanOrEqual(actual[token]);
          expect(bytes).toBeLessThan(actual[token] + 1000);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('of an access token that version 1 shapes is its groups', async () => {
    const changes = { groups: null, claims: { big: 'x'.repeat(9000) }, scopes: [], domainStamp: null };
    const [access, id] = issuedTokens(await subjectOf({}), changes, null);
    expect(access?.bytes).toBeLessThan(ROOMY_TOKEN_BYTES);
    expect(id?.bytes).toBeGreaterThan(12_000);
  });

  it('counts the groups that are left as they are', async () => {
    const groups = Array.from({ length: 100 }, (_, index) => `${index}-${'x'.repeat(120)}`);
    const subject = { ...(await subjectOf({})), current: { groups, roles: [], preferredRole: null } };
    const [access] = issuedTokens(subject, { groups: null, claims: {}, scopes: [], domainStamp: null }, []);
    expect(access?.bytes).toBeGreaterThan(16_000);
  });
});

describe('the worst that a policy can make', () => {
  const groups = (count: number, length: number) =>
    Array.from({ length: count }, (_, index) => `${'g'.repeat(length - 4)}${1000 + index}: {}`).join(', ');
  const warned = (text: string) => policyWarnings(compiled(`version: 1\n${text}`)).map(({ path }) => path[0]);

  it.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['an attribute or two', 'tokens: { claims: { a: "${user.a}", b: "${user.b}" } }', []],
    ['three of any length', 'tokens: { claims: { a: "${user.a}${user.b}", c: "${user.c}" } }', ['tokens']],
    ['a hundred short groups', `groups: { ${groups(100, 20)} }`, []],
    ['a hundred long groups', `groups: { ${groups(100, 100)} }`, ['groups']],
    [
      'scopes',
      `groups: { a: {} }\ntokens: { scopes: { a: [${Array.from({ length: 300 }, (_, index) => `api/scope-number-${index}`).join(', ')}] } }`,
      ['tokens'],
    ],
  ])('%s', (_, text, places) => {
    expect(warned(text)).toEqual(places);
  });

  it('counts each attribute in a template', () => {
    const { openAttributes } = worstAccessToken(
      compiled('version: 1\ntokens: { claims: { a: "${user.a}-${user.b}", b: 1 } }'),
    );
    expect(openAttributes).toBe(2);
  });
});
