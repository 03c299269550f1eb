import { describe, expect, it } from '@jest/globals';
import { judgePolicy } from '../../shared/pool/permission.ts';

const POOL = 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEf123';
const EXACT = { ArnLike: { 'AWS:SourceArn': POOL }, StringEquals: { 'AWS:SourceAccount': '123456789012' } };
const statement = (more: object) => ({
  Effect: 'Allow',
  Action: 'lambda:InvokeFunction',
  Principal: { Service: 'cognito-idp.amazonaws.com' },
  ...more,
});

describe('judgePolicy', () => {
  it.each<[string, object[], string]>([
    ['no policy', [], 'none'],
    ['this pool and its account', [statement({ Condition: EXACT })], 'exact'],
    [
      'the same with other operators and cases',
      [
        statement({
          Condition: {
            ArnEquals: { 'aws:sourcearn': [POOL] },
            StringLike: { 'aws:SourceAccount': '123456789012' },
          },
        }),
      ],
      'exact',
    ],
    ['this pool, of any account', [statement({ Condition: { ArnLike: { 'AWS:SourceArn': POOL } } })], 'wide'],
    ['every pool', [statement({})], 'wide'],
    [
      'all pools of the account',
      [
        statement({
          Condition: {
            ArnLike: { 'AWS:SourceArn': `${POOL.split('/')[0]}/*` },
            StringEquals: { 'AWS:SourceAccount': '123456789012' },
          },
        }),
      ],
      'wide',
    ],
    [
      'something more that must hold',
      [statement({ Condition: { ...EXACT, StringLike: { 'aws:SourceOrgID': 'o-1' } } })],
      'wide',
    ],
    ['another pool', [statement({ Condition: { ArnLike: { 'AWS:SourceArn': `${POOL}x` } } })], 'none'],
    [
      'another account',
      [statement({ Condition: { ...EXACT, StringEquals: { 'AWS:SourceAccount': '210987654321' } } })],
      'none',
    ],
    [
      'another service',
      [statement({ Condition: EXACT, Principal: { Service: 'apigateway.amazonaws.com' } })],
      'none',
    ],
    ['another action', [statement({ Condition: EXACT, Action: 'lambda:GetFunction' })], 'none'],
    ['a denial', [statement({ Condition: EXACT, Effect: 'Deny' })], 'none'],
    ['a wide one beside an exact one', [statement({}), statement({ Condition: EXACT })], 'exact'],
  ])('%s', (_, statements, expected) => {
    expect(judgePolicy(JSON.stringify({ Statement: statements }), { poolArn: POOL })).toBe(expected);
  });
});
