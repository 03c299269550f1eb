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

/** 800 bytes of claims that Cognito adds, in base64; what stands around the payload. */
const estimate = (claims: object) =>
  7 + 100 + 2 + 342 + Math.ceil(((800 + Buffer.byteLength(JSON.stringify(claims))) * 4) / 3);

describe('the estimate of what is issued', () => {
  const changes = { groups: null, claims: { a: 'é' }, scopes: ['t'], domainStamp: 'a.io' };
  const shaped = { a: 'é', gatehouse_domain: 'a.io' };

  it('has groups, roles, attributes, claims and scopes', async () => {
    const current = { groups: ['g'], roles: ['r'], preferredRole: 'r' };
    expect(issuedTokens({ ...(await subjectOf({ b: 'c' })), current }, changes, ['s'])).toEqual([
      { token: 'access', bytes: estimate({ 'cognito:groups': ['g'], ...shaped, scope: 's t' }) },
      {
        token: 'id',
        bytes: estimate({
          b: 'c',
          'cognito:groups': ['g'],
          'cognito:roles': ['r'],
          'cognito:preferred_role': 'r',
          ...shaped,
        }),
      },
    ]);
  });

  it('is without groups where the event tells none', async () => {
    expect(issuedTokens({ ...(await subjectOf({})), current: null }, changes, null)).toEqual([
      { token: 'access', bytes: estimate({ 'cognito:groups': [] }) },
      { token: 'id', bytes: estimate({ 'cognito:groups': [], ...shaped }) },
    ]);
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

  it('is everything that the policy can put into an access token', () => {
    const text = `version: 1
domains: { allow: [a.io] }
groups: { g: {}, h: {} }
tokens: { claims: { a: "\${user.custom:abc}", b: 1 }, scopes: { g: [s], h: [s, t] } }`;
    const claims = { a: 'x'.repeat(2048), b: 1, 'cognito:groups': ['g', 'h'], scope: 's t' };
    expect(worstAccessToken(compiled(text))).toEqual({
      bytes: estimate({ ...claims, gatehouse_domain: 'x'.repeat(253) }),
      openAttributes: 1,
    });
    // Where nothing asks for the domain there is no stamp.
    expect(worstAccessToken(compiled(text.replace(/domains.*\n/, ''))).bytes).toBe(estimate(claims));
  });

  it.each<[string, string, string]>([
    [
      'tokens: { claims: { a: "${user.a}${user.b}${user.c}" } }',
      ', with 3 attributes of the longest that Cognito keeps in its claims',
      'tokens',
    ],
    [`groups: { ${groups(100, 100)} }`, '', 'groups'],
  ])('is said with its place, and what helps: %.40s', (text, attributes, place) => {
    const policy = compiled(`version: 1\n${text}`);
    expect(policyWarnings(policy)).toEqual([
      {
        code: 'TOKEN_SIZE',
        message: `an access token of somebody in every group can grow to ${worstAccessToken(policy).bytes} bytes${attributes}; API Gateway takes 10240 bytes of headers in all`,
        hint: 'shorten names, write fewer claims, or limit the length of the attributes in the user pool',
        path: [place],
        atKey: true,
      },
    ]);
  });
});
