import { describe, expect, it } from '@jest/globals';
import { decide } from '../../shared/policy/decide.ts';
import { explain } from '../../shared/policy/explain.ts';
import { claimedOrigin, type IssuerMap, principalOf } from '../../shared/policy/principal.ts';
import { readCases } from '../support/cases.ts';
import { ask, compiled, NOW } from '../support/policy.ts';

interface Case {
  name: string;
  policy: string;
  maps?: Record<string, IssuerMap>;
  questions: [
    claims: Record<string, unknown>,
    request: string,
    answer: string,
    circumstances?: { ttl?: number },
  ][];
}

describe.each(readCases<Case[]>('decide.yml'))('$name', ({ policy: text, maps = {}, questions }) => {
  const policy = compiled(text);

  it.each(questions.map(([claims, request, answer, { ttl = 0 } = {}]) => ({ claims, request, answer, ttl })))(
    '$request by $claims: $answer',
    async ({ claims, request, answer, ttl }) => {
      const { effect, code, rule } = await ask(policy, { claims, request, ttl, maps });
      expect(`${effect} ${code} ${rule}`).toBe(answer);
    },
  );
});

describe('what an edge has found unfit is denied whatever the rules say', () => {
  const policy = compiled('version: 1\nrules: [{ id: all, allow: ["ANY /**"] }]');
  const circumstances = { nowSeconds: NOW, ttlSeconds: 0, revoked: false };

  it.each(['path_ambiguous', 'path_too_long', 'verb_unknown', 'method_override'] as const)(
    '%s',
    async (flaw) => {
      const principal = await principalOf({ sub: 'u' }, claimedOrigin({}));
      expect(decide(policy, principal, { verb: 'GET', path: '/', flaw }, circumstances)).toMatchObject({
        effect: 'deny',
        code: flaw,
        rule: null,
      });
    },
  );

  it('revoked', async () => {
    const principal = await principalOf({ sub: 'u' }, claimedOrigin({}));
    const decision = decide(
      policy,
      principal,
      { verb: 'GET', path: '/', flaw: null },
      { ...circumstances, revoked: true },
    );
    expect(decision).toMatchObject({ effect: 'deny', code: 'revoked', rule: null });
  });
});

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
  const nearMiss = async (path: string) => {
    const claims = { sub: 'u', token_use: 'id', email: 'a@example.com', email_verified: true };
    const principal = await principalOf(claims, claimedOrigin(claims));
    return explain(
      policy,
      principal,
      { verb: 'GET', path, flaw: null },
      { nowSeconds: NOW, ttlSeconds: 0, revoked: false },
    ).nearMiss;
  };

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

describe('what explain records', () => {
  const policy = compiled(`
version: 1
rules:
  - { id: no-one, deny: ["GET /a"] }
  - { id: own, allow: ["GET /*/{v}", "GET /{v}/**"], where: { v: "\${claims.sub}" } }
`);
  const trialsOf = async (claims: Record<string, unknown>, path: string) =>
    explain(
      policy,
      await principalOf(claims, claimedOrigin(claims)),
      { verb: 'GET', path, flaw: null },
      { nowSeconds: NOW, ttlSeconds: 0, revoked: false },
    ).trials;

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
