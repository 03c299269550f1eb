import { describe, expect, it } from '@jest/globals';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { CEDAR_SCHEMA, cedarPolicies } from '../../shared/policy/cedar.ts';
import { cedarGroups, cedarRequest } from '../../shared/policy/cedar-request.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { claimedOrigin, principalOf } from '../../shared/policy/principal.ts';
import { type Json, NOW } from './arbitraries.ts';
import { judgeOf } from './pipeline.ts';
import { asCase, judgeWorlds, patience, REPLAY, RUNS } from './settings.ts';

const WANTED = RUNS / 10;

/** Cedar's answer as `decide` would give it; null where it is not Cedar's to give. */
function cedarJudge(text: string) {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error('no policy');
  const policies = cedarPolicies(parsed.policy);
  const groups = cedarGroups(parsed.policy);
  const staticPolicies = Object.fromEntries(policies.map((policy) => [policy.id, policy.text]));
  const prepared = cedar.preparsePolicySet('policy', { staticPolicies });
  if (prepared.type !== 'success') throw new Error(JSON.stringify(prepared.errors));

  const ask = async (claims: Json, request: string, ttl: number): Promise<string | null> => {
    const [verb = '', path = ''] = request.split(' ');
    const principal = await principalOf(claims, claimedOrigin(claims));
    const asked = cedarRequest(principal, { verb, path }, { nowSeconds: NOW, ttlSeconds: ttl });
    if (!asked) return null;
    const answer = cedar.statefulIsAuthorized({
      ...asked,
      entities: [...groups, ...asked.entities],
      preparsedPolicySetId: 'policy',
    });
    if (answer.type !== 'success') throw new Error(JSON.stringify(answer.errors));
    const { decision, diagnostics } = answer.response;
    // A policy that fails is skipped, and would be a hole.
    if (diagnostics.errors.length > 0) throw new Error(JSON.stringify(diagnostics.errors));
    const reasons = diagnostics.reason.toSorted((a, b) => (a < b ? -1 : 1));
    if (reasons.includes('domains')) return 'deny by the gate';
    const rule = reasons[0]?.slice('rule:'.length) ?? null;
    const code = decision === 'allow' ? 'allowed' : rule === null ? 'no_rule' : 'denied_by_rule';
    return `${decision} ${code} ${rule}`;
  };
  return { ask, staticPolicies };
}

/** As Cedar can tell it: what the domain gate says of an address is not in its answer. */
function comparable(answer: string): string {
  return /domain|email/.test(answer) ? 'deny by the gate' : answer;
}

describe('the Cedar export', () => {
  it(
    'answers as decide does, and names the same rule',
    async () => {
      const codes = new Map<string, number>();
      let questions = 0;
      // Ambiguous paths and unknown verbs are not Cedar's.
      await judgeWorlds('decide and Cedar', WANTED * 1.6, async (world) => {
        const text = JSON.stringify(world.policy);
        const judge = judgeOf(text);
        const { ask } = cedarJudge(text);
        for (const claims of world.people) {
          for (const request of world.requests) {
            const theirs = await ask(claims, request, world.ttl);
            if (theirs === null) continue;
            const ours = await judge(claims, request, { now: NOW, ttl: world.ttl });
            if (comparable(ours) !== theirs)
              throw new Error(`Cedar: ${theirs}, decide:\n${asCase(world, claims, request, ours)}`);
            const code = theirs.split(' ')[1] ?? '';
            codes.set(code, (codes.get(code) ?? 0) + 1);
            questions += 1;
          }
        }
      });
      if (REPLAY !== undefined) return;
      expect(questions).toBeGreaterThanOrEqual(WANTED);
      for (const code of ['allowed', 'denied_by_rule', 'no_rule', 'by'])
        expect({ code, common: (codes.get(code) ?? 0) / questions > 0.08 }).toEqual({ code, common: true });
    },
    patience(RUNS),
  );

  it('is valid against its schema, in strict mode', async () => {
    await judgeWorlds('Cedar schema', WANTED / 10, (world) => {
      const { staticPolicies } = cedarJudge(JSON.stringify(world.policy));
      const answer = cedar.validate({
        schema: CEDAR_SCHEMA,
        policies: { staticPolicies },
        validationSettings: { mode: 'strict' },
      });
      expect(answer).toMatchObject({ type: 'success', validationErrors: [] });
      return Promise.resolve();
    });
  });

  it('keeps whatever a policy may write in a name to itself', async () => {
    const odd = 'a" \\ * \u202e é \u{1f600}';
    const text = JSON.stringify({
      version: 1,
      groups: { 'a"b\\c*': {} },
      rules: [
        {
          id: odd,
          allow: ['GET /a"b/é'],
          to: { groups: ['a"b\\c*'], clients: [odd], claims: { [odd]: odd } },
        },
      ],
    });
    const { ask } = cedarJudge(text);
    const claims = { aud: odd, [odd]: odd, 'cognito:groups': ['a"b\\c*'] };
    expect(await ask(claims, 'GET /a"b/é', 0)).toBe(`allow allowed ${odd}`);
    expect(await ask({ ...claims, aud: 'a' }, 'GET /a"b/é', 0)).toBe('deny no_rule null');
  });
});
