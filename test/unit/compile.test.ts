import { describe, expect, it } from '@jest/globals';
import { boundClaim, compilePolicy } from '../../shared/policy/compile.ts';
import { DURATION, secondsOf } from '../../shared/policy/duration.ts';
import { HTTP_VERBS } from '../../shared/policy/pattern.ts';
import type { Policy } from '../../shared/policy/schema.ts';
import { compiled } from '../support/policy.ts';

const ROLE = 'arn:aws:iam::123456789012:role/a';

describe('a compiled policy', () => {
  it('of a version alone gives nobody anything', () => {
    expect(compiled('version: 1')).toEqual({
      format: 1,
      domains: { disposable: 'allow', plusAddressing: 'allow' },
      providers: {},
      groups: {},
      domainGroups: [],
      usesDomain: false,
      rules: [],
      routes: { literals: {}, ends: [], rests: [] },
      signUp: { mode: 'open', autoConfirm: false },
      confirmed: { groups: [], welcome: false },
      tokens: { claims: {}, scopes: {} },
      messages: {},
    });
  });

  it('has every setting', () => {
    const policy = compiled(`
version: 1
domains: { allow: [A.example, "*.b.example"], deny: [bücher.example], disposable: deny, plus_addressing: deny }
groups:
  all: { precedence: 0, role: "${ROLE}", includes: [some] }
  some: {}
  here: { members: { domains: [c.example] } }
  there: { members: { idp: { Okta: [x, y] } } }
providers: { Okta: { domains: [a.example], link: true } }
sign_up: { mode: invite, auto_confirm: true }
confirmed: { groups: [some], welcome: true }
tokens: { claims: { a: "\${user.b}", c: 5 }, scopes: { some: [s] } }
sign_in: { methods: [email_otp] }
messages: { no_rule: No }
`);
    expect(policy).toMatchObject({
      domains: {
        allow: { 'a.example': true, '*.b.example': true },
        deny: { 'xn--bcher-kva.example': true },
        disposable: 'deny',
        plusAddressing: 'deny',
      },
      domainGroups: ['here'],
      usesDomain: true,
      signUp: { mode: 'invite', autoConfirm: true },
      confirmed: { groups: ['some'], welcome: true },
      tokens: { claims: { a: '${user.b}', c: 5 }, scopes: { some: ['s'] } },
      signIn: { methods: ['email_otp'] },
      messages: { no_rule: 'No' },
    });
    expect(policy.groups).toEqual({
      all: { precedence: 0, role: ROLE, includes: ['some'] },
      some: { includes: [] },
      here: { includes: [], memberDomains: { 'c.example': true } },
      there: { includes: [], memberIdp: { Okta: ['x', 'y'] } },
    });
  });

  it('has the names of providers as they are, or as they are by default', () => {
    const { providers } = compiled(`
version: 1
providers:
  Plain: { domains: [a.example] }
  Full:
    domains: [b.example]
    link: true
    subject_attribute: Sub
    groups_attribute: "custom:groups"
    claims: { email: mail, groups: roles, keep: [tenant] }
`);
    expect(providers).toEqual({
      Plain: {
        domains: { 'a.example': true },
        link: false,
        claims: { email: 'email', groups: 'groups', keep: [] },
      },
      Full: {
        domains: { 'b.example': true },
        link: true,
        subjectAttribute: 'Sub',
        groupsAttribute: 'custom:groups',
        claims: { email: 'mail', groups: 'roles', keep: ['tenant'] },
      },
    });
  });

  it('has deny rules first, and each kind by id', () => {
    const rules = ['b', 'c', 'a'].flatMap((id) => [
      `{ id: ${id}1, allow: ["GET /"] }`,
      `{ id: ${id}0, deny: ["GET /"] }`,
    ]);
    const policy = compiled(`version: 1\nrules: [${rules.join(', ')}]`);
    expect(policy.rules).toEqual([
      ...['a0', 'b0', 'c0'].map((id) => ({ id, effect: 'deny' })),
      ...['a1', 'b1', 'c1'].map((id) => ({ id, effect: 'allow' })),
    ]);
    expect(policy.routes.ends.map(({ rule }) => rule)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('has conditions in the form in which they are compared', () => {
    const { rules } = compiled(`
version: 1
groups: { g: {} }
rules:
  - id: a
    deny: ["GET /"]
    to: { groups: [g], domains: [A.example], scopes: [s], clients: [c], pools: [p], claims: { x: 5, y: [true, z] }, mfa: true, machine: false }
    unless: { auth_age: 90s }
`);
    expect(rules).toEqual([
      {
        id: 'a',
        effect: 'deny',
        to: {
          groups: ['g'],
          domains: { 'a.example': true },
          scopes: ['s'],
          clients: ['c'],
          pools: ['p'],
          claims: [
            { name: 'x', values: ['5'] },
            { name: 'y', values: ['true', 'z'] },
          ],
          mfa: true,
          machine: false,
        },
        unless: { authAgeSeconds: 90 },
      },
    ]);
  });

  it.each<[string, object]>([
    [
      '{ methods: [email_otp] }',
      {
        methods: ['email_otp'],
        otp: { digits: 8, ttlSeconds: 300, attempts: 3 },
        resendAfterSeconds: 60,
        rules: [],
      },
    ],
    [
      '{ methods: [magic_link], magic_link: { redirect_uris: ["https://a.io/in"] }, rules: [{ methods: [email_otp] }] }',
      {
        methods: ['magic_link'],
        otp: { digits: 8, ttlSeconds: 300, attempts: 3 },
        magicLink: { ttlSeconds: 600, redirectUris: ['https://a.io/in'], sameBrowser: false },
        resendAfterSeconds: 60,
        rules: [{ methods: ['email_otp'], afterSrp: false }],
      },
    ],
    [
      `{ methods: [email_otp], otp: { digits: 9, ttl: 2m, attempts: 4 }, resend_after: 30s,
         magic_link: { redirect_uris: ["https://a.io/in"], ttl: 5m, same_browser: true },
         rules: [{ domains: [A.io], clients: [c], methods: [magic_link], after_srp: true }] }`,
      {
        methods: ['email_otp'],
        otp: { digits: 9, ttlSeconds: 120, attempts: 4 },
        magicLink: { ttlSeconds: 300, redirectUris: ['https://a.io/in'], sameBrowser: true },
        resendAfterSeconds: 30,
        rules: [{ domains: { 'a.io': true }, clients: ['c'], methods: ['magic_link'], afterSrp: true }],
      },
    ],
  ])('has its sign-in, or what is meant without: %s', (text, signIn) => {
    expect(compiled(`version: 1\nsign_in: ${text}`).signIn).toEqual(signIn);
  });

  it('binds the segment that has the name', () => {
    const { routes } = compiled(
      'version: 1\nrules: [{ id: a, allow: ["GET /{y}/a/{x}/*"], where: { x: "${claims.sub}" } }]',
    );
    expect(routes.any?.literals['a']?.any?.any?.ends[0]?.binds).toEqual([
      { variable: 'x', segment: 2, claim: 'sub' },
    ]);
  });

  it('has patterns as a tree', () => {
    const policy = compiled(`
version: 1
rules:
  - id: a
    allow: ["ANY /a/{x}/**", "GET,PUT /a/{x}/b", "GET /__proto__/{x}"]
    where: { x: "\${claims.custom:t}" }
`);
    const route = (pattern: number, verbs: readonly string[]) => ({
      rule: 0,
      pattern,
      verbs,
      binds: [{ variable: 'x', segment: 1, claim: 'custom:t' }],
    });
    const leaf = { literals: {}, ends: [], rests: [] };
    expect(policy.routes).toEqual({
      ...leaf,
      literals: {
        a: {
          ...leaf,
          any: {
            literals: { b: { ...leaf, ends: [route(1, ['GET', 'PUT'])] } },
            ends: [],
            rests: [route(0, HTTP_VERBS)],
          },
        },
        ['__proto__']: { ...leaf, any: { ...leaf, ends: [route(2, ['GET'])] } },
      },
    });
  });

  it.each<[string, boolean]>([
    ['domains: { allow: [a.io] }', true],
    ['domains: { deny: [a.io] }', true],
    ['domains: { disposable: deny }', false],
    ['groups: { p: { members: { domains: [p.io] } } }', true],
    ['groups: { p: {} }', false],
    ['rules: [{ id: a, allow: ["GET /"], to: { domains: [p.io] } }, { id: b, allow: ["GET /"] }]', true],
    [
      'rules: [{ id: a, deny: ["GET /"], to: { mfa: true }, unless: { domains: [p.io] } }, { id: b, allow: ["GET /"] }]',
      true,
    ],
    ['rules: [{ id: a, deny: ["GET /"], to: { mfa: true }, unless: { machine: true } }]', false],
  ])('of %s asks for the domain: %j', (text, asks) => {
    expect(compiled(`version: 1\n${text}`).usesDomain).toBe(asks);
  });

  it('is made of a checked policy only', () => {
    const unchecked: Policy = { version: 1, rules: [{ id: 'a', allow: ['FETCH /'] }] };
    expect(() => compilePolicy(unchecked)).toThrow('not a checked policy: `FETCH` is not a method');
  });
});

it.each([
  ['1s', 1],
  ['15m', 900],
  ['12h', 43_200],
  ['30d', 2_592_000],
  ['999999s', 999_999],
])('%s are %d seconds', (duration, seconds) => {
  expect(duration).toMatch(DURATION);
  expect(secondsOf(duration)).toBe(seconds);
});

it.each(['', '5', 'm', '0m', '05m', '1.5h', '-1m', ' 5m', '5m ', '5mm', '5w', '5M', '1000000s'])(
  '%j is no duration',
  (text) => {
    expect(text).not.toMatch(DURATION);
  },
);

it.each([
  ['${claims.sub}', 'sub'],
  ['${claims.custom:tenant}', 'custom:tenant'],
])('%s is the claim %s', (reference, name) => {
  expect(boundClaim(reference)).toBe(name);
});
