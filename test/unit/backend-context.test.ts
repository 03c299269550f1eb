import { describe, expect, it } from '@jest/globals';
import { backendContext } from '../../shared/events/backend-context.ts';
import { decide } from '../../shared/policy/decide.ts';
import { principalOf } from '../../shared/policy/principal.ts';
import { compiled, NOW } from '../support/policy.ts';
import { accessClaims, POOL } from '../support/tokens.ts';

const policy = compiled('version: 1\nrules: [{ id: all, allow: ["ANY /**"] }]');

describe('the groups that the backend is told', () => {
  const groupsOf = async (pool: string, groups: string[]) => {
    const claims = accessClaims(NOW, { 'cognito:groups': groups });
    const principal = await principalOf(claims, { kind: 'cognito', pool });
    const request = { verb: 'GET', path: '/', flaw: null };
    const circumstances = { nowSeconds: NOW, ttlSeconds: 0, revoked: false };
    return backendContext(policy, decide(policy, principal, request, circumstances), {
      policyHash: 'hash',
      answerMode: 'request',
    })['groups'];
  };

  it('are sorted, with those outside the policy', async () => {
    expect(await groupsOf(POOL, ['b', 'a, c'])).toBe('["a, c","b"]');
  });

  it.each([
    ['of this pool', POOL, `${POOL}_Okta`],
    ['of another pool', POOL, 'us-east-1_Other_Google'],
    ['of a pool in a Region that has no name yet', 'xx-west-1_A', 'xx-west-1_A_Okta'],
  ])('hold none that Cognito makes: %s', async (_, pool, group) => {
    expect(await groupsOf(pool, [group, 'reader'])).toBe('["reader"]');
  });
});
