/**
 * Worlds: a few requests, a few people, and a policy made of near misses of them. Requests and people are drawn first;
 * a policy is drawn as recipes (take the second request's path, put a `*` for its first segment), so that rules meet
 * requests often and miss them by little, and so that fast-check shrinks every part by itself.
 */

import fc from 'fast-check';

export type Json = Record<string, unknown>;

export interface World {
  policy: Json;
  people: Json[];
  requests: string[];
  ttl: number;
}

/** The moment of every question. */
export const NOW = 1_800_000_000;

export const FOREIGN = 'https://idp.example.com';
const POOL = 'eu-west-1_AbCdEf123';
const ISSUERS = [
  `https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`,
  `https://issuer-cognito-idp.eu-west-1.amazonaws.com/${POOL}`,
  'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other',
];
const GROUPS = ['admin', 'editor', 'reader', 'partner', 'staff'] as const;
const DOMAINS = ['a.io', 'x.a.io', 'y.x.a.io', 'b.io', 'ba.io', 'bücher.io'] as const;
/** Segments that are also values of claims, so that `where` can hold. */
const SEGMENTS = ['a', 'b', 'u1', 'acme', 'Acme', '5', 'é', 'u@a.io', '__proto__', 'a b'] as const;
const SCOPES = ['read', 'write', 'read/all', 'rea'] as const;
const CLIENTS = ['c1', 'c2'] as const;
const TTLS = [0, 0, 60, 900] as const;
/** Ages of a sign-in, in seconds; conditions are drawn around them. */
const AGES = [0, 1, 60, 900, 3600] as const;

const some = <T>(values: readonly T[], maxLength = 3) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength });
/** Absent once in `freq` times. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>, freq = 3) => fc.option(arbitrary, { nil: undefined, freq });
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const present = (of: Json): Json =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined));
const at = <T>(values: readonly T[], index: number): T => values[index % values.length] as T;

// --- Requests

interface Asked {
  verb: string;
  segments: string[];
}

const asked: fc.Arbitrary<Asked> = fc.record({
  verb: fc.constantFrom('GET', 'GET', 'POST', 'DELETE', 'HEAD'),
  segments: fc.array(fc.constantFrom('a', 'a', 'a', 'b', ...SEGMENTS), { maxLength: 3 }),
});

const hex = (text: string, upper: boolean) =>
  [...new TextEncoder().encode(text)]
    .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
    .map((escape) => (upper ? escape.toUpperCase() : escape))
    .join('');

/** What makes a path ambiguous, as one of its segments. */
export const POISON = [
  '',
  '.',
  '..',
  '%2e',
  '%2E.',
  'a%2fb',
  '%5C',
  'a\\b',
  '%25',
  '%2561',
  '%',
  '%zz',
  '%ff',
  '*',
  '%2a',
  '%3f',
  'a;b',
  '{a}',
  '%00',
  '%0a',
  '%7F',
  '\ud800',
] as const;

/** The same request in another form, or one that only looks like it. */
const form = fc.oneof(
  { weight: 10, arbitrary: fc.constant({ kind: 'plain' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('encoded' as const), coins: fc.nat(), upper: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'slash' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('case' as const), where: fc.nat(9) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('poison' as const),
      where: fc.nat(9),
      text: fc.constantFrom(...POISON),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('verb' as const),
      verb: fc.constantFrom('get', 'ANY', 'TRACE', 'CONNECT', 'CONNECT', 'CONNECT'),
    }),
  },
);
type Form = typeof form extends fc.Arbitrary<infer T> ? T : never;

function requestText({ verb, segments }: Asked, how: Form): string {
  // A request is one word for the verb and one for the path.
  const words = segments.map((segment) => segment.replace(' ', '%20'));
  const path = `/${words.join('/')}`;
  switch (how.kind) {
    case 'plain':
      return `${verb} ${path}`;
    case 'encoded': {
      const encode = (segment: string, place: number) =>
        [...segment]
          .map((char, index) => ((how.coins >> ((place * 5 + index) % 30)) & 1 ? hex(char, how.upper) : char))
          .join('');
      return `${verb} /${segments.map((segment, place) => encode(segment, place).replace(' ', '%20')).join('/')}`;
    }
    case 'slash':
      return `${verb} ${path}/`;
    case 'case':
      return `${verb} /${words.map((word, index) => (index === how.where % words.length ? word.toUpperCase() : word)).join('/')}`;
    case 'poison':
      return `${verb} /${words.toSpliced(how.where % (words.length + 1), 0, how.text).join('/')}`;
    case 'verb':
      return `${how.verb} ${how.verb === 'CONNECT' ? '/' : path}`;
  }
}

// --- People

const address = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...DOMAINS).map((domain) => `u@${domain}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'U@A.IO',
      'u@a.io.',
      '"u@b.io"@a.io',
      'u@a@a.io',
      'u@io',
      'u@BÜCHER.io',
      'u@xn--bcher-kva.io',
      'u@a\uff0eio',
      'u',
      '',
    ),
  },
);
const evidence = {
  tier: maybe(
    fc.oneof(
      fc.constantFrom('gold', 'silver', 'Gold', 'acme', 5, 5, true, null),
      fc.constant({}),
      fc.constant([]),
      some(['gold', 'acme', 5]),
    ),
  ),
  tenant: maybe(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('acme', 'a', '5', 'é') },
      { weight: 1, arbitrary: fc.constantFrom('', 5, 5, 5, null, ['acme']) },
    ),
  ),
  amr: maybe(
    fc.constantFrom(['mfa'], ['pwd'], ['pwd', 'swk'], ['hwk', 'fed'], ['mfa', 'fed'], [], 'mfa', null),
  ),
  auth_time: maybe(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc
          .tuple(fc.constantFrom(...AGES), fc.constantFrom(-1, 0, 0, 1))
          .map(([age, off]) => NOW - age + off),
      },
      { weight: 1, arbitrary: fc.constantFrom('x', null, NOW + 1, NOW + 60, NOW + 900) },
    ),
  ),
};
const scope = maybe(
  fc.oneof(
    { weight: 6, arbitrary: some(SCOPES).map((names) => names.join(' ')) },
    { weight: 1, arbitrary: fc.constantFrom('', ['read'], null) },
  ),
);
const listing = maybe(
  fc.oneof(
    { weight: 8, arbitrary: some(GROUPS) },
    { weight: 1, arbitrary: fc.constantFrom([], [''], null, ['Admin'], [`${POOL}_Okta`]) },
    { weight: 3, arbitrary: fc.constantFrom('admin', { admin: true }) },
  ),
  6,
);
const sub = fc.constantFrom('u1', 'a', 'acme');
const iss = maybe(fc.constantFrom(...ISSUERS), 2);
const verified = fc.constantFrom(true, true, true, true, true, 'true', false, undefined, 'True', 1);

const tokenUse = (use: string) => fc.constantFrom(use, use, use, use, undefined, undefined, null, 'refresh');

const user = {
  id: fc.record({
    sub,
    iss,
    token_use: tokenUse('id'),
    aud: fc.constantFrom(...CLIENTS),
    email: maybe(address, 9),
    email_verified: verified,
    phone_number: seldom(fc.constantFrom('+1', '+2')),
    phone_number_verified: maybe(fc.boolean()),
    'cognito:groups': listing,
    scope,
    ...evidence,
  }),
  access: fc.record({
    sub,
    iss,
    token_use: tokenUse('access'),
    username: fc.constant('u1'),
    client_id: maybe(fc.constantFrom(...CLIENTS), 5),
    email: seldom(address),
    gatehouse_domain: maybe(
      fc.constantFrom('a.io', 'x.a.io', 'b.io', 'xn--bcher-kva.io', 'A.io', 'a.io.', 'bücher.io', 5),
      4,
    ),
    'cognito:groups': listing,
    scope,
    ...evidence,
  }),
  machine: fc.record({
    sub: fc.constant('c1'),
    iss,
    token_use: tokenUse('access'),
    client_id: fc.constantFrom('c1', 'c1', 'c1', 'c2'),
    username: seldom(fc.constantFrom('c1', null)),
    'cognito:groups': seldom(some(GROUPS)),
    gatehouse_domain: seldom(fc.constant('a.io')),
    scope,
    ...evidence,
  }),
  foreign: fc.record({
    sub,
    iss: fc.constantFrom(FOREIGN, FOREIGN, `${ISSUERS[0]}/x`),
    client_id: seldom(fc.constantFrom(...CLIENTS)),
    azp: maybe(fc.constantFrom(...CLIENTS)),
    email: maybe(address),
    email_verified: verified,
    'cognito:groups': listing,
    gatehouse_domain: seldom(fc.constant('a.io')),
    scope,
    ...evidence,
  }),
};

/** Claims as a token has them: one that is not there is no member. */
const person: fc.Arbitrary<Json> = fc
  .oneof(
    { weight: 6, arbitrary: user.id },
    { weight: 4, arbitrary: user.access },
    { weight: 2, arbitrary: user.machine },
    { weight: 2, arbitrary: user.foreign },
  )
  .map(present);

// --- Policies

interface Drawn {
  asked: Asked[];
  people: Json[];
  ttl: number;
}

/** A number in a recipe: which of the choices, whatever their count turns out to be. */
const choice = fc.nat(999);

const patternRecipe = fc.record({
  from: choice,
  verbs: fc.constantFrom('same', 'same', 'same', 'same', 'ANY', 'ANY', 'ANY', 'list', 'other', 'CONNECT'),
  edits: fc.array(
    fc.record({
      at: choice,
      to: fc.constantFrom<(segment: string) => string>(
        () => '*',
        () => '*',
        () => '{v}',
        (segment) => hex(segment, true),
        (segment) => segment.toUpperCase(),
        (segment) => `${segment}x`,
        () => 'b',
      ),
    }),
    { maxLength: 2 },
  ),
  end: fc.constantFrom(
    'same',
    'same',
    'same',
    'rest',
    'rest',
    'cut-rest',
    'cut-rest',
    'all',
    'cut',
    'deeper',
  ),
});
type PatternRecipe = typeof patternRecipe extends fc.Arbitrary<infer T> ? T : never;

function patternText(recipe: PatternRecipe, drawn: Drawn, bound?: number): string {
  const { verb, segments } = at(drawn.asked, recipe.from);
  const verbs =
    { same: verb, ANY: 'ANY', list: `${verb},PATCH`, other: 'PUT,POST', CONNECT: 'CONNECT' }[recipe.verbs] ??
    verb;
  if (verbs === 'CONNECT' && bound === undefined) return 'CONNECT /';
  let words = segments.map((segment) => segment.replace(' ', '%20'));
  if (recipe.end.startsWith('cut')) words.pop();
  if (recipe.end === 'all') words = [];
  for (const edit of recipe.edits) {
    const place = edit.at % Math.max(words.length, 1);
    const word = words[place];
    // What an earlier edit has put there stays.
    if (word !== undefined && word === segments[place]) words[place] = edit.to(word).replace(' ', '%20');
  }
  if (bound !== undefined) {
    words = words.map((word) => (word === '{v}' ? '*' : word));
    words[bound % Math.max(words.length, 1)] = '{v}';
  }
  // A variable stands once.
  words = words.map((word, index) => (word === '{v}' && words.indexOf('{v}') !== index ? '*' : word));
  if (recipe.end === 'deeper') words.push('a');
  if (recipe.end.endsWith('rest') || recipe.end === 'all') words.push('**');
  return `${verbs === 'CONNECT' ? verb : verbs} /${words.join('/')}`;
}

const conditionRecipe = fc.array(
  fc.record({
    key: fc.constantFrom(
      'groups',
      'groups',
      'groups',
      'groups',
      'groups',
      'groups',
      'domains',
      'scopes',
      'clients',
      'pools',
      'claims',
      'claims',
      'claims',
      'mfa',
      'auth_age',
      'auth_age',
      'machine',
    ),
    from: choice,
    first: choice,
    second: fc.option(choice, { freq: 2 }),
  }),
  { minLength: 1, maxLength: 2 },
);
type ConditionRecipe = typeof conditionRecipe extends fc.Arbitrary<infer T> ? T : never;

function conditionOf(recipe: ConditionRecipe, { people, ttl }: Drawn): Json {
  const condition: Json = {};
  for (const { key, from, first, second } of recipe) {
    const claims = at(people, from);
    const list = (values: readonly unknown[]) => {
      const texts = values.filter((value) => typeof value === 'string' && value !== '');
      return [...new Set([at(texts, first), ...(second === null ? [] : [at(texts, second)])])];
    };
    switch (key) {
      case 'groups':
        condition['groups'] = list(GROUPS);
        break;
      case 'domains':
        condition['domains'] = list(domainsNear(claims));
        break;
      case 'scopes':
        condition['scopes'] = list([...String(claims['scope'] ?? '').split(' '), ...SCOPES]);
        break;
      case 'clients':
        condition['clients'] = list([claims['client_id'], claims['aud'], ...CLIENTS, 'C1']);
        break;
      case 'pools':
        condition['pools'] = list([FOREIGN, POOL, 'eu-west-1_Other', POOL.toLowerCase()]);
        break;
      case 'claims':
        condition['claims'] = claimsNear(claims, first, second);
        break;
      case 'mfa':
        condition['mfa'] = true;
        break;
      case 'auth_age':
        condition['auth_age'] = ageNear(claims['auth_time'], ttl, first);
        break;
      case 'machine':
        condition['machine'] = first % 2 === 0;
        break;
    }
  }
  return condition;
}

function domainsNear(claims: Json): string[] {
  const domain =
    String(claims['email'] ?? claims['gatehouse_domain'] ?? '')
      .split('@')
      .at(-1) ?? '';
  const near = DOMAINS.find((each) => each === domain) ?? 'a.io';
  const parent = near.split('.').slice(1).join('.');
  return [near, near, `*.${near}`, `*.${parent}`, `x.${near}`, 'a.io', '*.a.io', 'b.io', '*.IO'];
}

function claimsNear(claims: Json, first: number, second: number | null): Json {
  const name = at(
    [
      'tier',
      'tenant',
      'tier',
      'tenant',
      'email',
      'email',
      'phone_number',
      'cognito:groups',
      'sub',
      'scope',
      'email_verified',
      'valueOf',
    ],
    first,
  );
  const has = [claims[name]].flat().filter((value) => ['string', 'number', 'boolean'].includes(typeof value));
  const values = [
    ...has,
    ...has,
    ...has.map((value) => String(value).toUpperCase()),
    'gold',
    'acme',
    5,
    true,
  ];
  const one = at(values, Math.trunc(first / 12));
  return { [name]: second === null ? one : [one, at(values, second)] };
}

/** At the edge of what the sign-in's age passes, with and without the gateway's cache. */
function ageNear(authTime: unknown, ttl: number, pick: number): string {
  const age = typeof authTime === 'number' ? NOW - authTime : at(AGES, pick);
  const edges = [age + ttl, age + ttl - 1, age, age + ttl + 1, 3600];
  const seconds = Math.max(1, at(edges, pick));
  return seconds % 60 === 0 && pick % 2 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

const ruleRecipe = fc.record({
  kind: fc.constantFrom('allow', 'allow', 'allow', 'allow', 'where', 'where', 'deny', 'deny'),
  patterns: fc.array(patternRecipe, { minLength: 1, maxLength: 2 }),
  to: maybe(conditionRecipe, 2),
  unless: maybe(conditionRecipe, 2),
  /** For `where`: on purpose, or a guess. */
  hit: fc.constantFrom(true, true, false),
  bound: choice,
  claim: fc.constantFrom('sub', 'tenant', 'tier', 'email', 'phone_number', 'valueOf'),
});
type RuleRecipe = typeof ruleRecipe extends fc.Arbitrary<infer T> ? T : never;

/** But for case and type: near misses are wanted too. */
const sameText = (value: unknown, segment: string) => String(value).toLowerCase() === segment.toLowerCase();

const BINDABLE = ['sub', 'tenant', 'tier', 'email'];

/** A segment and a claim of the same text, if there are any; else whatever has been drawn. */
function bindingOf(
  { hit, patterns, bound, claim }: RuleRecipe,
  drawn: Drawn,
): { bound: number; claim: string } {
  const { segments } = at(drawn.asked, patterns[0]?.from ?? 0);
  const hits = segments.flatMap((segment, index) =>
    BINDABLE.filter((name) => drawn.people.some((claims) => sameText(claims[name], segment))).map((name) => ({
      bound: index,
      claim: name,
    })),
  );
  return hit && hits.length > 0 ? at(hits, bound) : { bound, claim };
}

function ruleOf(recipe: RuleRecipe, id: string, drawn: Drawn): Json {
  const { kind, patterns, to, unless } = recipe;
  const binding = kind === 'where' ? bindingOf(recipe, drawn) : null;
  return {
    id,
    [kind === 'deny' ? 'deny' : 'allow']: patterns.map((each) => patternText(each, drawn, binding?.bound)),
    ...(to && { to: conditionOf(to, drawn) }),
    ...(kind === 'deny' && unless && { unless: conditionOf(unless, drawn) }),
    ...(binding && { where: { v: `\${claims.${binding.claim}}` } }),
  };
}

const policyRecipe = fc.record({
  gate: seldom(
    fc.record({
      allow: maybe(fc.array(choice, { minLength: 1, maxLength: 3 }), 4),
      deny: maybe(choice, 2),
      from: choice,
    }),
  ),
  includes: fc.constantFrom('none', 'one', 'chain', 'chain'),
  partner: maybe(fc.record({ from: choice, pick: choice }), 2),
  rules: fc.array(ruleRecipe, { minLength: 1, maxLength: 6, size: 'max' }),
});
type PolicyRecipe = typeof policyRecipe extends fc.Arbitrary<infer T> ? T : never;

function policyOf({ gate, includes, partner, rules }: PolicyRecipe, drawn: Drawn): Json {
  const near = (from: number, pick: number) => at(domainsNear(at(drawn.people, from)), pick);
  const domains = gate && {
    ...(gate.allow && { allow: gate.allow.map((pick) => near(gate.from, pick)) }),
    ...(gate.deny !== undefined && { deny: [near(gate.from + 1, gate.deny)] }),
  };
  const included = (from: string, to: string[]) =>
    includes === 'chain' || (includes === 'one' && from === 'admin') ? { includes: to } : {};
  return {
    version: 1,
    ...(domains && { domains }),
    groups: {
      admin: included('admin', ['editor']),
      editor: included('editor', ['reader']),
      reader: {},
      partner: {
        ...included('partner', ['reader']),
        ...(partner && { members: { domains: [near(partner.from, partner.pick)] } }),
      },
      staff: included('staff', ['partner']),
    },
    // Ids out of order, and of another order as text than as numbers.
    rules: rules.map((recipe, index) => ruleOf(recipe, `r${(index * 7 + 3) % 11}`, drawn)),
  };
}

/** A world of a few questions: every person asks for every request. */
export const world: fc.Arbitrary<World> = fc
  .record({
    asked: fc.array(
      fc.record({ asked, forms: fc.array(form, { minLength: 1, maxLength: 3, size: 'max' }) }),
      { minLength: 1, maxLength: 4, size: 'max' },
    ),
    people: fc.array(person, { minLength: 1, maxLength: 5, size: 'max' }),
    ttl: fc.constantFrom(...TTLS),
    policy: policyRecipe,
  })
  .map(({ asked: requests, people, ttl, policy }) => ({
    policy: policyOf(policy, { asked: requests.map((each) => each.asked), people, ttl }),
    people,
    requests: requests.flatMap((each) => each.forms.map((how) => requestText(each.asked, how))),
    ttl,
  }));
