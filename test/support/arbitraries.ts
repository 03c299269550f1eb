/** Random policies and questions, drawn from one small vocabulary so that every outcome is common. */

import fc from 'fast-check';

export type Json = Record<string, unknown>;

const GROUPS = ['admin', 'editor', 'reader', 'partner'] as const;
const DOMAINS = ['a.io', 'x.a.io', 'b.io'] as const;
const SEGMENTS = ['a', 'b', 'me', 'é'] as const;
const VERBS = ['GET', 'POST', 'DELETE'] as const;
const AGES = ['15m', '1h'] as const;

/** The moment of every question. */
export const NOW = 1_800_000_000;

const some = <T>(values: readonly T[], maxLength = 2) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength });

const requestPath = fc.array(fc.constantFrom(...SEGMENTS), { maxLength: 2 });

export const request = fc
  .record({ verb: fc.constantFrom(...VERBS), segments: requestPath })
  .map(({ verb, segments }) => ({ verb, path: `/${segments.join('/')}` }));

/** A pattern, half the time derived from a path that questions draw too. */
const pattern = fc
  .record({
    verbs: fc.oneof(
      fc.constant('ANY'),
      some(VERBS).map((verbs) => verbs.join(',')),
    ),
    segments: fc.array(fc.constantFrom('*', '*', ...SEGMENTS), { maxLength: 2 }),
    rest: fc.constantFrom(true, true, false),
  })
  .map(({ verbs, segments, rest }) => `${verbs} /${[...segments, ...(rest ? ['**'] : [])].join('/')}`);

/** One key of a condition with a value. */
const conditionKey: fc.Arbitrary<Json> = fc.oneof(
  fc.record({ groups: some(GROUPS) }),
  fc.record({ domains: some(['a.io', '*.a.io', 'b.io']) }),
  fc.record({ scopes: some(['read', 'write']) }),
  fc.record({ clients: some(['c1', 'c2']) }),
  fc.record({
    claims: fc.dictionary(
      fc.constantFrom('tier', 'level'),
      fc.oneof(fc.constantFrom('gold', 'silver', 5), some(['gold', 'silver'])),
      { minKeys: 1 },
    ),
  }),
  fc.record({ mfa: fc.constant(true) }),
  fc.record({ auth_age: fc.constantFrom(...AGES) }),
  fc.record({ machine: fc.boolean() }),
);

const condition = fc
  .array(conditionKey, { minLength: 1, maxLength: 2 })
  .map((keys): Json => Object.assign({}, ...keys));

const body: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      { allow: fc.array(pattern, { minLength: 1, maxLength: 2 }), to: condition },
      { requiredKeys: ['allow'] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        some(VERBS),
        fc.constantFrom('/me/{who}', '/{who}', '/a/{who}/**'),
        fc.constantFrom('sub', 'tier'),
      )
      .map(([verbs, path, claim]) => ({
        allow: [`${verbs.join(',')} ${path}`],
        where: { who: `\${claims.${claim}}` },
      })),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      { deny: fc.array(pattern, { minLength: 1, maxLength: 2 }), to: condition, unless: condition },
      { requiredKeys: ['deny'] },
    ),
  },
);

export const rules = fc
  .array(body, { maxLength: 6 })
  .map((bodies) => bodies.map((each, index) => ({ id: `r${index}`, ...each })));

export const denyRule = fc.record(
  { deny: fc.array(pattern, { minLength: 1, maxLength: 2 }), to: condition, unless: condition },
  { requiredKeys: ['deny'] },
);

/** A policy as JSON, which is YAML. `includes` goes one way only, so there is no cycle. */
export const policy: fc.Arbitrary<Json> = fc
  .record({
    domains: fc.option(
      fc.record(
        { allow: some(['a.io', '*.a.io', 'b.io'], 3), deny: some(['b.io', 'x.a.io']) },
        { requiredKeys: ['allow'] },
      ),
      { nil: undefined, freq: 2 },
    ),
    partnerByDomain: fc.boolean(),
    includes: fc.boolean(),
    rules,
  })
  .map(({ domains, partnerByDomain, includes, rules: list }) => ({
    version: 1,
    ...(domains && { domains }),
    groups: {
      admin: includes ? { includes: ['editor', 'partner'] } : {},
      editor: includes ? { includes: ['reader'] } : {},
      reader: {},
      partner: partnerByDomain ? { members: { domains: ['b.io'] } } : {},
    },
    ...(list.length > 0 && { rules: list }),
  }));

const address = fc.constantFrom(...DOMAINS).map((domain) => `u@${domain}`);

/** People and machines; each piece of evidence is there or not, sound or not. */
const drawn: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record(
      {
        sub: fc.constantFrom('a', 'b', 'me'),
        token_use: fc.constant('id'),
        aud: fc.constantFrom('c1', 'c2'),
        email: fc.option(address, { nil: undefined, freq: 12 }),
        email_verified: fc.constantFrom(true, true, true, true, true, 'true', false),
        'cognito:groups': fc.oneof(some(GROUPS, 3), fc.constant([]), fc.constant('admin')),
        scope: fc.constantFrom('read', 'read write', 'other', ''),
        tier: fc.oneof(fc.constantFrom('gold', 'silver', 'b', 5, null, {}), some(['gold', 'b'])),
        level: fc.constantFrom(5, '5', 6, true),
        amr: fc.constantFrom(['mfa'], ['pwd'], ['mfa', 'fed'], 'mfa', []),
        auth_time: fc.constantFrom(NOW, NOW - 900, NOW - 901, NOW - 4000, NOW + 1, 'x'),
      },
      { requiredKeys: ['sub', 'token_use', 'aud', 'email', 'email_verified'] },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        sub: fc.constantFrom('a', 'me'),
        token_use: fc.constant('access'),
        username: fc.constant('u'),
        client_id: fc.constantFrom('c1', 'c2'),
        gatehouse_domain: fc.constantFrom(...DOMAINS),
        'cognito:groups': some(GROUPS, 3),
        scope: fc.constantFrom('read', 'write'),
      },
      { requiredKeys: ['sub', 'token_use', 'username'] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        sub: fc.constant('c1'),
        client_id: fc.constant('c1'),
        token_use: fc.constant('access'),
        scope: fc.constantFrom('read', 'write'),
        tier: fc.constant('gold'),
      },
      { requiredKeys: ['sub', 'client_id', 'token_use'] },
    ),
  },
);

/** As a token has them: a claim that is not there is no member. */
export const claims: fc.Arbitrary<Json> = drawn.map((of) =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)),
);
