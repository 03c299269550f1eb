import { describe, expect, it } from '@jest/globals';
import { cedarPolicies } from '../../shared/policy/cedar.ts';
import { cedarGroups, cedarRequest } from '../../shared/policy/cedar-request.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { claimedOrigin, principalOf } from '../../shared/policy/principal.ts';

function policyOf(text: string) {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.policy;
}

// That the text means what the policy means is for test/differential/cedar.test.ts.
describe('a policy in Cedar', () => {
  it('is readable', () => {
    const parsed = parsePolicy(`
version: 1
domains: { allow: [example.com, "*.example.com"], deny: [evil.example.com] }
groups: { editor: { includes: [reader] }, reader: {}, partner: { members: { domains: [partner.io] } } }
rules:
  - { id: own, allow: ["GET,PUT /users/{user}/**"], to: { groups: [reader, partner] }, where: { user: "\${claims.sub}" } }
  - { id: fresh, deny: ["DELETE /**"], to: { claims: { tier: gold } }, unless: { auth_age: 15m, mfa: true } }
`);
    if (!parsed.ok) throw new Error('no policy');
    expect(
      `\n${cedarPolicies(parsed.policy)
        .map(({ text }) => text)
        .join('\n\n')}\n`,
    ).toBe(`
@id("domains")
forbid (principal is User, action, resource)
unless { principal has domain && (principal.domain == "example.com" || principal.domain like "*.example.com") && !(principal.domain == "evil.example.com") };

@id("rule:own")
permit (principal, action, resource)
when { (action in [Action::"GET", Action::"PUT"] && resource.depth >= 2 && resource.hasTag("0") && resource.getTag("0") == "users" && principal.hasTag("sub") && principal.getTag("sub") has text && resource.hasTag("1") && resource.getTag("1") == principal.getTag("sub").text) }
when { principal is User && (principal in [Group::"reader", Group::"partner"] || principal has domain && (principal.domain == "partner.io") && Group::"partner" in [Group::"reader", Group::"partner"]) }
unless { principal is User && principal.foreign };

@id("rule:fresh")
forbid (principal, action, resource)
when { (action in [Action::"DELETE"] && resource.depth >= 0) }
unless { principal.hasTag("tier") && !(principal.getTag("tier").values.containsAny(["gold"])) }
unless { principal is User && principal has amr && principal.amr.containsAny(["mfa", "swk", "hwk"]) && !principal.amr.contains("fed") && principal is User && principal has auth_time && principal.auth_time <= context.now && context.until - principal.auth_time <= 900 };
`);
  });

  const GROUPS = 'groups: { a: { includes: [b] }, b: {}, c: { members: { domains: [c.io, "*.C.io"] } } }';
  const ruleText = (rule: string) =>
    cedarPolicies(policyOf(`version: 1\n${GROUPS}\nrules: [${rule}]`))[0]?.text;
  const IN = 'principal in [Group::"a", Group::"c"]';
  const REACHES = 'Group::"c" in [Group::"a", Group::"c"]';
  const HELD = `(${IN} || principal has domain && (principal.domain == "c.io" || principal.domain like "*.c.io") && ${REACHES})`;
  const FACTOR = 'principal.amr.containsAny(["mfa", "swk", "hwk"]) && !principal.amr.contains("fed")';
  const FRESH = 'principal.auth_time <= context.now && context.until - principal.auth_time <= 900';

  it.each<[string, string, string]>([
    [
      'groups: [a, c]',
      `principal is User && ${HELD}`,
      `principal is Machine || !${HELD} && !(principal.listing_unreadable && Unreadable::"listing" in [Group::"a", Group::"c"] || !(principal has domain) && ${REACHES})`,
    ],
    [
      'domains: [a.io, "*.A.io"]',
      'principal is User && principal has domain && (principal.domain == "a.io" || principal.domain like "*.a.io")',
      'principal is Machine || principal has domain && !((principal.domain == "a.io" || principal.domain like "*.a.io"))',
    ],
    [
      'scopes: [s, "t/u"]',
      'principal has scopes && principal.scopes.containsAny(["s", "t/u"])',
      'principal has scopes && !(principal.scopes.containsAny(["s", "t/u"]))',
    ],
    [
      'clients: [c1, c2]',
      'principal has client && ["c1", "c2"].contains(principal.client)',
      'principal has client && !(["c1", "c2"].contains(principal.client))',
    ],
    [
      'pools: [eu-west-1_A]',
      'principal has pool && ["eu-west-1_A"].contains(principal.pool)',
      'principal has pool && !(["eu-west-1_A"].contains(principal.pool))',
    ],
    [
      'claims: { t: [x, 5, true] }',
      'principal.hasTag("t") && principal.getTag("t").values.containsAny(["x", "5", "true"])',
      'principal.hasTag("t") && !(principal.getTag("t").values.containsAny(["x", "5", "true"]))',
    ],
    [
      'mfa: true',
      `principal is User && principal has amr && ${FACTOR}`,
      `principal is Machine || principal has amr && !(${FACTOR})`,
    ],
    [
      'auth_age: 15m',
      `principal is User && principal has auth_time && ${FRESH}`,
      `principal is Machine || principal has auth_time && !(${FRESH})`,
    ],
    ['machine: true', 'principal is Machine', 'principal is User'],
    ['machine: false', 'principal is User', 'principal is Machine'],
  ])('%s: when it holds, and when it fails', (condition, holds, fails) => {
    const when = 'when { (action in [Action::"GET"] && resource.depth == 0) }';
    expect(ruleText(`{ id: r, allow: ["GET /"], to: { ${condition} } }`)).toBe(
      [
        '@id("rule:r")',
        'permit (principal, action, resource)',
        when,
        `when { ${holds} }`,
        ...(condition.startsWith('pools') ? [] : ['unless { principal is User && principal.foreign }']),
      ]
        .join('\n')
        .concat(';'),
    );
    expect(ruleText(`{ id: r, deny: ["GET /"], to: { ${condition} }, unless: { ${condition} } }`)).toBe(
      ['@id("rule:r")', 'forbid (principal, action, resource)', when, `unless { ${fails} }`]
        .concat(`unless { ${holds} };`)
        .join('\n'),
    );
  });

  it('denies whomever without conditions', () => {
    expect(ruleText('{ id: r, deny: ["GET /"] }')).toBe(
      '@id("rule:r")\nforbid (principal, action, resource)\nwhen { (action in [Action::"GET"] && resource.depth == 0) };',
    );
  });

  it('needs all keys to allow, one that fails to let go, and all to exempt', () => {
    const to = '{ clients: [c], scopes: [s] }';
    const clients = 'principal has client && ["c"].contains(principal.client)';
    const scopes = 'principal has scopes && principal.scopes.containsAny(["s"])';
    expect(ruleText(`{ id: r, allow: ["GET /"], to: ${to} }`)).toContain(
      `\nwhen { ${scopes} }\nwhen { ${clients} }\n`,
    );
    expect(ruleText(`{ id: r, deny: ["GET /"], to: ${to}, unless: ${to} }`)).toMatch(
      /\nunless \{ principal has scopes && !.*\nunless \{ principal has client && !.*\nunless \{ /,
    );
    expect(ruleText(`{ id: r, deny: ["GET /"], unless: ${to} }`)).toContain(
      `\nunless { ${scopes} && ${clients} };`,
    );
  });

  it.each<[string, string, string]>([
    ['allow: ["GET /"]', '', 'action in [Action::"GET"] && resource.depth == 0'],
    ['allow: ["GET,PUT /*/**"]', '', 'action in [Action::"GET", Action::"PUT"] && resource.depth >= 1'],
    [
      'allow: ["GET /a/*/c"]',
      '',
      'action in [Action::"GET"] && resource.depth == 3 && resource.hasTag("0") && resource.getTag("0") == "a" && resource.hasTag("2") && resource.getTag("2") == "c"',
    ],
    [
      'allow: ["GET /{x}/{y}"]',
      ', where: { y: "${claims.custom:t}" }',
      'action in [Action::"GET"] && resource.depth == 2 && principal.hasTag("custom:t") && principal.getTag("custom:t") has text && resource.hasTag("1") && resource.getTag("1") == principal.getTag("custom:t").text',
    ],
    // Names that JavaScript has for what no segment is called.
    [
      'allow: ["GET /*/{null}/{undefined}/**"]',
      ', where: { "null": "${claims.n}", undefined: "${claims.u}" }',
      `action in [Action::"GET"] && resource.depth >= 3 && ${['"n"', '"u"']
        .map(
          (claim, at) =>
            `principal.hasTag(${claim}) && principal.getTag(${claim}) has text && resource.hasTag("${at + 1}") && resource.getTag("${at + 1}") == principal.getTag(${claim}).text`,
        )
        .join(' && ')}`,
    ],
    [
      'allow: ["GET /a", "GET /b"]',
      '',
      'action in [Action::"GET"] && resource.depth == 1 && resource.hasTag("0") && resource.getTag("0") == "a" || action in [Action::"GET"] && resource.depth == 1 && resource.hasTag("0") && resource.getTag("0") == "b"',
    ],
  ])('%s%s', (effect, where, route) => {
    expect(ruleText(`{ id: r, ${effect}${where} }`)).toBe(
      `@id("rule:r")\npermit (principal, action, resource)\nwhen { (${route}) }\nunless { principal is User && principal.foreign };`,
    );
  });

  it('cannot be left by what a policy names', () => {
    expect(ruleText(String.raw`{ id: "a\"\\é\U0001F600 !#[]~", allow: ["GET /"] }`)).toMatch(
      String.raw`@id("rule:a\u{22}\u{5c}\u{e9}\u{1f600} !#[]~")`,
    );
  });

  it.each<[string, string[]]>([
    ['allow: [a.io]', ['principal has domain && (principal.domain == "a.io")']],
    ['deny: [a.io]', ['principal has domain && !(principal.domain == "a.io")']],
    ['disposable: deny', []],
  ])('the domain gate of %s', (domains, conditions) => {
    expect(cedarPolicies(policyOf(`version: 1\ndomains: { ${domains} }`))).toEqual(
      conditions.map((condition) => ({
        id: 'domains',
        text: `@id("domains")\nforbid (principal is User, action, resource)\nunless { ${condition} };`,
      })),
    );
  });

  it('is nothing without rules', () => {
    expect(cedarPolicies(policyOf('version: 1'))).toEqual([]);
    expect(cedarGroups(policyOf('version: 1'))).toEqual([
      { uid: { type: 'Unreadable', id: 'listing' }, attrs: {}, parents: [], tags: {} },
    ]);
  });

  it('takes a checked policy only', () => {
    expect(() => cedarPolicies({ version: 1, rules: [{ id: 'r', allow: ['FETCH /'] }] })).toThrow(
      'not a checked policy: `FETCH` is not a method',
    );
  });

  it('has its groups as entities; a listing gives none that are by domain', () => {
    const entity = (type: string, id: string, ...parents: string[]) => ({
      uid: { type, id },
      attrs: {},
      parents: parents.map((parent) => ({ type: 'Group', id: parent })),
      tags: {},
    });
    expect(cedarGroups(policyOf(`version: 1\n${GROUPS}`))).toEqual([
      entity('Group', 'a', 'b'),
      entity('Group', 'b'),
      entity('Group', 'c'),
      entity('Listing', 'a', 'a'),
      entity('Listing', 'b', 'b'),
      entity('Unreadable', 'listing', 'a', 'b'),
    ]);
  });
});

describe('a request in Cedar', () => {
  const asked = async (claims: Record<string, unknown>, request = 'GET /a%20b/c') => {
    const [verb = '', path = ''] = request.split(' ');
    const principal = await principalOf(claims, claimedOrigin(claims));
    return cedarRequest(principal, { verb, path }, { nowSeconds: 1000, ttlSeconds: 60 });
  };

  it('is who asks, for what, and when', async () => {
    const claims = { sub: 'u', token_use: 'access', client_id: 'c', scope: 's t', gatehouse_domain: 'a.io' };
    const more = {
      'cognito:groups': ['g', 'h'],
      amr: ['mfa', 5],
      auth_time: 900.7,
      list: ['x', 5, {}, null],
    };
    const [principal, resource] = [
      { type: 'User', id: 'u' },
      { type: 'Path', id: '/a%20b/c' },
    ];
    expect(await asked({ ...claims, ...more, object: {}, nothing: null, flag: true })).toEqual({
      principal,
      action: { type: 'Action', id: 'GET' },
      resource,
      context: { now: 1000, until: 1060 },
      entities: [
        {
          uid: principal,
          attrs: {
            foreign: false,
            listing_unreadable: false,
            domain: 'a.io',
            amr: ['mfa'],
            auth_time: 900,
            scopes: ['s', 't'],
            client: 'c',
          },
          parents: ['g', 'h'].map((id) => ({ type: 'Listing', id })),
          tags: {
            sub: { values: ['u'], text: 'u' },
            token_use: { values: ['access'], text: 'access' },
            client_id: { values: ['c'], text: 'c' },
            scope: { values: ['s t'], text: 's t' },
            gatehouse_domain: { values: ['a.io'], text: 'a.io' },
            'cognito:groups': { values: ['g', 'h'] },
            amr: { values: ['mfa', '5'] },
            auth_time: { values: ['900.7'] },
            list: { values: ['x', '5'] },
            flag: { values: ['true'] },
          },
        },
        { uid: resource, attrs: { depth: 2 }, parents: [], tags: { 0: 'a b', 1: 'c' } },
      ],
    });
  });

  const entityOf = async (claims: Record<string, unknown>) => (await asked(claims))?.entities[0];

  it('has no attribute for what is not known', async () => {
    expect(await entityOf({ 'cognito:groups': 'g', amr: 'mfa', auth_time: '900' })).toMatchObject({
      uid: { type: 'User', id: '' },
      attrs: { foreign: false, listing_unreadable: true },
      parents: [],
    });
    expect((await entityOf({ amr: 'mfa', auth_time: '900' }))?.attrs).toEqual({
      foreign: false,
      listing_unreadable: false,
    });
  });

  it('is a machine’s without groups, domain and sign-in', async () => {
    const claims = { sub: 'm', client_id: 'm', token_use: 'access', 'cognito:groups': ['g'], auth_time: 5 };
    const iss = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A';
    expect(await entityOf({ ...claims, iss, amr: ['mfa'], scope: 's' })).toMatchObject({
      uid: { type: 'Machine', id: 'm' },
      attrs: { scopes: ['s'], client: 'm', pool: 'eu-west-1_A' },
      parents: [],
    });
    expect(Object.keys((await entityOf(claims))?.attrs ?? {})).toEqual(['client']);
    expect(await entityOf({ client_id: '', sub: '' })).toMatchObject({ uid: { type: 'User', id: '' } });
  });

  it('is foreign for another issuer', async () => {
    const iss = 'https://idp.example.com';
    // What is another issuer's own word is no evidence.
    const claims = { sub: 'u', iss, email: 'a@b.io', email_verified: true, 'cognito:groups': ['g'] };
    expect(await entityOf(claims)).toMatchObject({
      attrs: { foreign: true, pool: iss },
      tags: { sub: { values: ['u'], text: 'u' } },
    });
    expect(Object.keys((await entityOf(claims))?.tags ?? {})).toEqual(['sub', 'iss']);
  });

  it.each([
    [1e300, Number.MAX_SAFE_INTEGER],
    [-1e300, -Number.MAX_SAFE_INTEGER],
    [-0.5, -1],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
  ])('signs in at %d: %d', async (authTime, seconds) => {
    expect((await entityOf({ auth_time: authTime }))?.attrs['auth_time']).toBe(seconds);
  });

  it.each(['GET /a//b', 'GET /a/../b', 'FETCH /a', 'get /a', 'ANY /a'])(
    'is none for %s, which no rule is asked about',
    async (request) => {
      expect(await asked({ sub: 'u' }, request)).toBeNull();
    },
  );
});
