import { describe, expect, it } from '@jest/globals';
import { decide } from '../../shared/policy/decide.ts';
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

it('a bind whose segment is not there binds to nothing, not to a claim that is missing', async () => {
  const policy = compiled('version: 1\nrules: [{ id: a, allow: ["GET /{x}"], where: { x: "${claims.t}" } }]');
  const [bind] = policy.routes.any?.ends[0]?.binds ?? [];
  if (!bind) throw new Error('no bind');
  bind.segment = 5;
  expect(await ask(policy, { claims: { sub: 'u' }, request: 'GET /a' })).toMatchObject({ code: 'no_rule' });
});
