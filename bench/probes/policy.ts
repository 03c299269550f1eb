/**
 * The policy core by itself, and Cedar beside it, by number of rules and by number of groups:
 * `policy.ts '{"rules": [10, 100], "groups": [1, 10]}'`. Prints JSON.
 *
 * A further measure of the core is one more entry of `BY_RULES` or `BY_GROUPS`: its name, what it does before the clock
 * runs, and what is timed.
 */

import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import type { Artefact } from '../../shared/policy/artefact.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { decide } from '../../shared/policy/decide.ts';
import { callerDocument, sizeOf } from '../../shared/policy/iam/document.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { principalOf } from '../../shared/policy/principal.ts';
import { callerPolicyText, cedarPolicies, groupPolicyText, MATCHING, policyText } from '../rules.ts';
import { type Measure, measure } from '../timing.ts';

const CLAIMS = {
  sub: 'u',
  email: 'ada@example.com',
  email_verified: true,
  token_use: 'id',
  aud: 'client1',
  'cognito:groups': [MATCHING.group],
};
const STAGE_ARN = 'arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/v1';
const NOW = { nowSeconds: 1_800_000_000, ttlSeconds: 0, revoked: false };

const BY_RULES: Measure[] = [
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
      const policy = built(policyText(rules));
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
      const policy = built(callerPolicyText(rules));
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

// The budget is for 200 rules.
BY_RULES.push({ ...callerMeasure('caller', 1), also: [200] }, callerMeasure('callerOfMany', 100));

/** A policy of so many groups, and a caller who is in all of them. */
async function everyGroup(groups: number) {
  const held = Array.from({ length: groups }, (_, index) => `group-${index}`);
  const claims = { ...CLAIMS, 'cognito:groups': held };
  return {
    policy: built(groupPolicyText(groups)),
    principal: await principalOf(claims, { kind: 'cognito', pool: null }),
  };
}

const BY_GROUPS: Measure[] = [
  {
    name: 'build',
    batch: 1,
    rounds: 10,
    prepare: async (groups) => {
      const text = groupPolicyText(groups);
      return () => void JSON.stringify(compiled(text));
    },
  },
  {
    name: 'decide',
    batch: 200,
    rounds: 50,
    prepare: async (groups) => {
      const { policy, principal } = await everyGroup(groups);
      const request = { verb: 'GET', path: `/s${groups - 1}`, flaw: null };
      return () => {
        if (decide(policy, principal, request, NOW).code !== 'allowed') throw new Error('not allowed');
      };
    },
  },
  {
    name: 'caller',
    batch: 20,
    rounds: 50,
    prepare: async (groups) => {
      const { policy, principal } = await everyGroup(groups);
      return () => {
        const { Statement } = callerDocument(policy, principal, NOW, STAGE_ARN);
        if (Statement[0]?.Resource.length !== groups) throw new Error('not every group');
      };
    },
  },
];

type Sizes = Record<'rules' | 'groups', number[]>;
const { rules, groups } = JSON.parse(process.argv[2] as string) as Sizes;
process.stdout.write(
  JSON.stringify({
    policyUs: await measure(BY_RULES, rules),
    groupUs: await measure(BY_GROUPS, groups),
    groupBytes: Object.fromEntries(
      await Promise.all(groups.map(async (size) => [size, await bytesOf(size)])),
    ),
  }),
);

/** Of the compiled policy, and of the document of a caller in every group. */
async function bytesOf(size: number): Promise<{ policy: number; document: number }> {
  const { policy, principal } = await everyGroup(size);
  return {
    policy: Buffer.byteLength(JSON.stringify(policy)),
    document: sizeOf(callerDocument(policy, principal, NOW, STAGE_ARN)),
  };
}

function compiled(text: string) {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues[0]));
  return compilePolicy(parsed.policy);
}

/** As a bundle has it. */
function built(text: string): Artefact {
  return JSON.parse(JSON.stringify(compiled(text))) as Artefact;
}
