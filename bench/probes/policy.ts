/**
 * The policy core by itself, and Cedar beside it, by number of rules. Prints JSON.
 *
 * A further measure of the core is one more entry of `MEASURES`: its name, what it does before the clock runs, and what
 * is timed.
 */

import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { decide } from '../../shared/policy/decide.ts';
import { callerDocument } from '../../shared/policy/iam/document.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { principalOf } from '../../shared/policy/principal.ts';
import { callerPolicyText, cedarPolicies, MATCHING, policyText } from '../rules.ts';

interface Measure {
  name: 'build' | 'decide' | 'cedar' | 'caller' | 'callerOfMany';
  /** Gives what is timed: one call of it, `batch` calls at a time. */
  prepare: (rules: number) => Promise<() => void>;
  batch: number;
  rounds: number;
}

const CLAIMS = {
  sub: 'u',
  email: 'ada@example.com',
  email_verified: true,
  token_use: 'id',
  aud: 'client1',
  'cognito:groups': [MATCHING.group],
};
const STAGE_ARN = 'arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod';
const NOW = { nowSeconds: 1_800_000_000, ttlSeconds: 0, revoked: false };

const MEASURES: Measure[] = [
  {
    name: 'build',
    batch: 1,
    rounds: 2,
    prepare: async (rules) => {
      const text = policyText(rules);
      return () => void JSON.stringify(compiled(text));
    },
  },
  {
    name: 'decide',
    batch: 200,
    rounds: 50,
    prepare: async (rules) => {
      const policy = JSON.parse(JSON.stringify(compiled(policyText(rules))));
      const request = { verb: 'GET', path: MATCHING.path, flaw: null };
      const principal = await principalOf(CLAIMS, { kind: 'cognito', pool: null });
      return () => {
        if (decide(policy, principal, request, NOW).code !== 'allowed') throw new Error('not allowed');
      };
    },
  },
  {
    name: 'cedar',
    batch: 1,
    rounds: 50,
    prepare: async (rules) => {
      const id = `rules-${rules}`;
      const parsed = cedar.preparsePolicySet(id, { staticPolicies: cedarPolicies(rules) });
      if (parsed.type !== 'success') throw new Error(JSON.stringify(parsed.errors));
      const call = {
        principal: { type: 'User', id: 'u' },
        action: { type: 'Action', id: 'GET' },
        resource: { type: 'Api', id: 'api' },
        context: { path: MATCHING.path },
        preparsedPolicySetId: id,
        entities: [
          { uid: { type: 'User', id: 'u' }, attrs: {}, parents: [{ type: 'Group', id: MATCHING.group }] },
          { uid: { type: 'Group', id: MATCHING.group }, attrs: {}, parents: [] },
        ],
      };
      return () => {
        const answer = cedar.statefulIsAuthorized(call);
        if (answer.type !== 'success' || answer.response.decision !== 'allow') throw new Error('not allowed');
      };
    },
  },
];

/** The document of a caller with so many groups, ten rules of which stand for one of them. */
function callerMeasure(name: 'caller' | 'callerOfMany', groups: number): Measure {
  return {
    name,
    batch: 20,
    rounds: 50,
    prepare: async (rules) => {
      const policy = JSON.parse(JSON.stringify(compiled(callerPolicyText(rules))));
      const held = Array.from({ length: groups }, (_, index) => (index === 0 ? 'group-0' : `else-${index}`));
      const principal = await principalOf(
        { ...CLAIMS, 'cognito:groups': held },
        { kind: 'cognito', pool: null },
      );
      return () => {
        const { Statement } = callerDocument(policy, principal, NOW, STAGE_ARN);
        if (Statement[0]?.Resource.length !== 20) throw new Error('not ten rules');
      };
    },
  };
}

MEASURES.push(callerMeasure('caller', 1), callerMeasure('callerOfMany', 100));

const MAX_MS = 4000;

/** Microseconds for one call, by measure and number of rules. */
const results: Record<string, Record<number, number>> = {};
for (const { name, prepare, batch, rounds } of MEASURES) {
  const times: Record<number, number> = {};
  const sizes = process.argv.slice(2).map(Number);
  // The budget is for 200 rules.
  for (const rules of name === 'caller' ? [...new Set([...sizes, 200])] : sizes)
    times[rules] = time(await prepare(rules), batch, rounds);
  results[name] = times;
}
process.stdout.write(JSON.stringify(results));

function time(act: () => void, batch: number, rounds: number): number {
  const one = () => {
    const start = performance.now();
    for (let call = 0; call < batch; call++) act();
    return ((performance.now() - start) * 1000) / batch;
  };
  // The first half is for V8 to compile what it will compile; a slow one ends when its time is over.
  const end = performance.now() + MAX_MS;
  const times = [one()];
  while (times.length < rounds * 2 && performance.now() < end) times.push(one());
  const second = times.slice(Math.floor(times.length / 2)).toSorted((x, y) => x - y);
  return second[Math.floor(second.length / 2)] as number;
}

function compiled(text: string) {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues[0]));
  return compilePolicy(parsed.policy);
}
