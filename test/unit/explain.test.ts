import { describe, expect, it } from '@jest/globals';
import type { Artefact } from '../../shared/policy/artefact.ts';
import { explain, type NearMiss } from '../../shared/policy/explain.ts';
import { claimedOrigin, principalOf } from '../../shared/policy/principal.ts';
import { compiled, NOW } from '../support/policy.ts';

const ADA = { sub: 'u', token_use: 'id', aud: 'web', email: 'a@example.com', email_verified: true };

async function explained(policy: Artefact, claims: Record<string, unknown>, path: string) {
  const principal = await principalOf(claims, claimedOrigin(claims));
  const request = { verb: 'GET', path, flaw: null };
  return explain(policy, principal, request, { nowSeconds: NOW, ttlSeconds: 0, revoked: false });
}

describe('the nearest miss', () => {
  const policy = compiled(`
version: 1
groups: { admin: {}, reader: {}, suspended: {}, partner: { members: { domains: [partner.io] } } }
rules:
  - { id: read, allow: ["GET /read"], to: { groups: [reader, admin] } }
  - { id: partners, allow: ["GET /partners"], to: { groups: [partner] } }
  - { id: write, allow: ["GET /write"], to: { groups: [reader], scopes: [w] } }
  - { id: own, allow: ["GET /users/{user}"], where: { user: "\${claims.sub}" } }
  - { id: fresh, deny: ["GET /fresh"], unless: { auth_age: 15m } }
  - { id: anyone, allow: ["GET /fresh"] }
  - { id: trap, allow: ["GET /trap"], to: { groups: [suspended] } }
  - { id: no-suspended, deny: ["GET /trap"], to: { groups: [suspended] } }
  - { id: domain, allow: ["GET /domain"], to: { domains: [partner.io] } }
  - { id: client, allow: ["GET /client"], to: { clients: [c1, c2] } }
  - { id: pool, allow: ["GET /pool"], to: { pools: [eu-west-1_AbCdEf123] } }
  - { id: claim, allow: ["GET /claim"], to: { claims: { tier: gold } } }
  - { id: factor, allow: ["GET /factor"], to: { mfa: true } }
  - { id: robot, allow: ["GET /robot"], to: { machine: true } }
`);
  const nearMiss = async (path: string) => (await explained(policy, ADA, path)).nearMiss;

  it.each([
    ['/read', 'read', 'would be allowed with group `reader` or `admin`'],
    ['/partners', 'partners', 'rule `partners` would apply with group `partner`'],
    ['/write', 'write', 'rule `write` would apply with group `reader` and with scope `w`'],
    ['/users/v', 'own', 'rule `own` would apply with `{user}` equal to claim `sub`'],
    ['/fresh', 'fresh', 'rule `fresh` would not apply within 900 seconds of signing in'],
    ['/domain', 'domain', 'rule `domain` would apply with a verified e-mail address in `partner.io`'],
    ['/client', 'client', 'rule `client` would apply from app client `c1` or `c2`'],
    ['/pool', 'pool', 'rule `pool` would apply with a token of `eu-west-1_AbCdEf123`'],
    ['/claim', 'claim', 'rule `claim` would apply with claim `tier` = `gold`'],
    ['/factor', 'factor', 'rule `factor` would apply after signing in with a second factor'],
    ['/robot', 'robot', 'rule `robot` would apply for a machine'],
    // Joining the group would bring the deny rule to apply.
    ['/trap', 'trap', 'rule `trap` would apply with group `suspended`'],
  ])('of %s', async (path, rule, text) => {
    expect(await nearMiss(path)).toMatchObject({ rule, text });
  });

  it('is none where no rule has the path', async () => {
    expect(await nearMiss('/nowhere')).toBeNull();
  });
});

describe('what is missing', () => {
  const nearMiss = async (rules: string, claims: Record<string, unknown> = ADA) => {
    const groups = '{ reader: {}, admin: {}, vip: {} }';
    const policy = compiled(`version: 1\ngroups: ${groups}\nrules:\n${rules.replace(/^/gm, '  - ')}`);
    return (await explained(policy, claims, '/a/b')).nearMiss;
  };
  const ROBOT = { sub: 'r', client_id: 'r', token_use: 'access', scope: 's' };
  const FOREIGN = { sub: 'f', iss: 'https://idp.example.com' };

  it.each<[string, string, string, NearMiss['needs']]>([
    [
      'what does not hold, and no more',
      '{ id: a, allow: ["GET /a/b"], to: { groups: [reader], clients: [web], scopes: [s, t] } }',
      'rule `a` would apply with group `reader` and with scope `s` or `t`',
      [
        { key: 'groups', values: ['reader'] },
        { key: 'scopes', values: ['s', 't'] },
      ],
    ],
    [
      'of several claims the one that differs',
      '{ id: a, allow: ["GET /a/b"], to: { claims: { sub: u, tier: [gold, 5] } } }',
      'rule `a` would apply with claim `tier` = `gold` or `5`',
      [{ key: 'claims', name: 'tier', values: ['gold', '5'] }],
    ],
    [
      'of several bound segments the one that differs',
      '{ id: a, allow: ["GET /{x}/{y}"], where: { x: "${claims.first}", y: "${claims.sub}" } }',
      'rule `a` would apply with `{y}` equal to claim `sub`',
      [{ key: 'where', name: 'y', values: ['sub'] }],
    ],
    [
      'of several rules the one that lacks least',
      '{ id: a, allow: ["GET /a/b"], to: { groups: [reader], mfa: true } }\n{ id: b, allow: ["GET /a/b"], to: { groups: [admin] } }',
      'would be allowed with group `admin`',
      [{ key: 'groups', values: ['admin'] }],
    ],
    [
      'of those that lack as much the first',
      '{ id: b, allow: ["GET /a/b"], to: { groups: [reader] } }\n{ id: a, allow: ["GET /a/b"], to: { scopes: [reader] } }',
      'rule `a` would apply with scope `reader`',
      [{ key: 'scopes', values: ['reader'] }],
    ],
    [
      'of groups those that are enough',
      '{ id: a, allow: ["GET /a/b"], to: { groups: [reader, admin] } }\n{ id: b, deny: ["GET /**"], to: { groups: [admin] } }',
      'would be allowed with group `reader`',
      [{ key: 'groups', values: ['reader', 'admin'] }],
    ],
    [
      'an exemption, where the rule has two patterns too',
      '{ id: a, deny: ["GET /**", "GET /a/*"], unless: { groups: [vip] } }\n{ id: b, allow: ["GET /a/b"] }',
      'would be allowed with group `vip`',
      [{ key: 'groups', values: ['vip'] }],
    ],
  ])('%s', async (_, rules, text, needs) => {
    const claims = { ...ADA, first: 'a' };
    expect(await nearMiss(rules, claims)).toStrictEqual({ rule: expect.any(String), text, needs });
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    [
      'a group, for a listing that cannot be read',
      { ...ADA, 'cognito:groups': 'vip' },
      '{ id: a, allow: ["GET /a/b"], to: { groups: [reader] } }',
      'rule `a` would apply with group `reader`',
    ],
    [
      'a person, for a machine',
      ROBOT,
      '{ id: a, allow: ["GET /a/b"], to: { machine: false } }',
      'rule `a` would apply for a person',
    ],
    [
      'what a machine can have, though it be more',
      ROBOT,
      '{ id: a, allow: ["GET /a/b"], to: { groups: [reader] } }\n{ id: b, allow: ["GET /a/b"], to: { scopes: [t], clients: [c] } }',
      'rule `b` would apply with scope `t` and from app client `c`',
    ],
    [
      'the issuer in the rule, for a foreign token',
      FOREIGN,
      '{ id: a, allow: ["GET /a/b"] }',
      'rule `a` would apply if its `to.pools` named the issuer',
    ],
    [
      'the issuer in a rule that asks for more',
      FOREIGN,
      '{ id: a, allow: ["GET /a/b"], to: { scopes: [t] } }',
      'rule `a` would apply with scope `t` and if its `to.pools` named the issuer',
    ],
    [
      'another issuer',
      FOREIGN,
      '{ id: a, allow: ["GET /a/b"], to: { pools: [eu-west-1_A] } }',
      'rule `a` would apply with a token of `eu-west-1_A`',
    ],
    [
      'nothing of the issuer that the rule names',
      FOREIGN,
      '{ id: a, allow: ["GET /a/b"], to: { pools: ["https://idp.example.com"], scopes: [t] } }',
      'rule `a` would apply with scope `t`',
    ],
  ])('%s', async (_, claims, rules, text) => {
    expect(await nearMiss(rules, claims)).toMatchObject({ text });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['an allowed request', ADA, '{ id: a, allow: ["GET /a/b"] }'],
    ['a deny rule without exemption', ADA, '{ id: a, deny: ["GET /**"] }\n{ id: b, allow: ["GET /**"] }'],
    ['a deny rule before nothing', ADA, '{ id: a, deny: ["GET /**"], unless: { groups: [vip] } }'],
    [
      'a deny rule before a rule that does not apply',
      ADA,
      '{ id: a, deny: ["GET /**"], unless: { groups: [vip] } }\n{ id: b, allow: ["GET /**"], to: { groups: [reader] } }',
    ],
    [
      'two deny rules',
      ADA,
      '{ id: a, deny: ["GET /**"], unless: { groups: [vip] } }\n{ id: b, deny: ["GET /a/b"], unless: { groups: [vip] } }\n{ id: c, allow: ["GET /**"] }',
    ],
    ...[
      'groups: [reader]',
      'groups: [reader], clients: [c]',
      'domains: [a.io]',
      'mfa: true',
      'auth_age: 5m',
    ].map((to): [string, Record<string, unknown>, string] => [
      `a machine, of ${to}`,
      ROBOT,
      `{ id: a, allow: ["GET /a/b"], to: { ${to} } }`,
    ]),
  ])('nothing, for %s', async (_, claims, rules) => {
    expect(await nearMiss(rules, claims)).toBeNull();
  });
});

describe('what explain records', () => {
  const policy = compiled(`
version: 1
rules:
  - { id: no-one, deny: ["GET /a"] }
  - { id: own, allow: ["GET /*/{v}", "GET /{v}/**"], where: { v: "\${claims.sub}" } }
`);
  const trialsOf = async (claims: Record<string, unknown>, path: string) =>
    (await explained(policy, claims, path)).trials;

  it('has the patterns of a rule in the order of the file', async () => {
    const trials = await trialsOf({ sub: 'u' }, '/x/u');
    expect(trials.map(({ where }) => where[0]?.matches)).toEqual([true, false]);
  });

  it('says of allow rules alone whether they name a foreign issuer', async () => {
    const trials = await trialsOf({ sub: 'u', iss: 'https://idp.example.com' }, '/a');
    expect(trials.map(({ rule, namesIssuer }) => [rule.id, namesIssuer])).toEqual([
      ['no-one', true],
      ['own', false],
    ]);
  });
});
