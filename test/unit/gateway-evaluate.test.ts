import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evaluateDocument, iamMatch, type PolicyStatement } from '../../sandbox/gateway/evaluate.ts';

const ARN = 'arn:aws:execute-api:eu-west-1:123456789012:api/dev/GET/pets/1';
const API = 'arn:aws:execute-api:eu-west-1:123456789012:api';

describe('a resource', () => {
  it.each<[string, boolean]>([
    [ARN, true],
    ['*', true],
    [`${API}/*`, true],
    [`${API}/*/GET/*`, true],
    [`${API}/dev/GET/*`, true],
    [`${API}/dev/GET/pets/*`, true],
    [`${API}/dev/GET/pets/?`, true],
    [`${API}/dev/GET/pets?1`, true],
    [`${API}/dev/GET/*/1`, true],
    [`${API}/dev/GET/pets/1*`, true],
    [`${API}/dev/***`, true],
    [`${API}/dev/GET/pets`, false],
    [`${API}/dev/GET/pets/??`, false],
    [`${API}/dev/GET/pets/1?*`, false],
    [`${API}/dev/GET/pets/1/*`, false],
    [`${API}/dev/GET/Pets/1`, false],
    [`${API}/dev/get/pets/1`, false],
    [`${API}/dev/ANY/pets/1`, false],
    [`${API}/prod/*`, false],
    ['', false],
  ])('%s names GET /pets/1: %p', (resource, expected) => {
    expect(iamMatch(resource, ARN)).toBe(expected);
  });

  it('with a wildcard for the stage runs on into the path: another stage’s POST /x/GET/pets/1 is meant too', () => {
    expect(iamMatch(`${API}/*/GET/pets/1`, `${API}/prod/POST/x/GET/pets/1`)).toBe(true);
  });

  it('means one character beyond the basic plane by one `?`', () => {
    expect(iamMatch('a?b', 'a😀b')).toBe(true);
    expect(iamMatch('a??b', 'a😀b')).toBe(false);
  });

  it('takes what is special elsewhere as it is', () => {
    expect(iamMatch('a.c[d]+$', 'a.c[d]+$')).toBe(true);
    expect(iamMatch('a.c', 'abc')).toBe(false);
  });

  it('is read as a regular expression of the same meaning reads it', () => {
    const word = fc
      .array(fc.constantFrom('a', 'b', '/', '*', '?'), { maxLength: 8 })
      .map((all) => all.join(''));
    const outcomes = { true: 0, false: 0 };
    fc.assert(
      fc.property(word, fc.array(fc.constantFrom('a', 'b', '/'), { maxLength: 8 }), (pattern, letters) => {
        const text = letters.join('');
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
        outcomes[`${expected}`] += 1;
        expect(iamMatch(pattern, text)).toBe(expected);
      }),
      { numRuns: 5000, seed: 1 },
    );
    expect(Math.min(outcomes.true, outcomes.false)).toBeGreaterThan(300);
  });

  it('of many wildcards is read in a moment', () => {
    expect(iamMatch(`${'a*'.repeat(200)}b`, 'a'.repeat(1600))).toBe(false);
  });
});

describe('a document', () => {
  const allow = (Resource: string | string[], Action: string | string[] = 'execute-api:Invoke') =>
    ({ Effect: 'Allow', Action, Resource }) as const;
  const deny = (Resource: string | string[], Action: string | string[] = 'execute-api:Invoke') =>
    ({ Effect: 'Deny', Action, Resource }) as const;

  it.each<[string, PolicyStatement[], string]>([
    ['nothing', [], 'implicit-deny'],
    ['an allow', [allow(ARN)], 'allow'],
    ['an allow in a list', [allow(['x', ARN])], 'allow'],
    ['an allow for something else', [allow(`${API}/dev/GET/other`)], 'implicit-deny'],
    ['a deny', [deny(ARN)], 'deny'],
    ['a deny after an allow', [allow('*'), deny(`${API}/*/GET/pets/?`)], 'deny'],
    ['a deny before an allow', [deny(['x', ARN]), allow('*')], 'deny'],
    ['a deny for something else', [allow('*'), deny(`${API}/dev/GET/other`)], 'allow'],
    ['two allows, the second for something else', [allow(ARN), allow('x')], 'allow'],
    ['an action in another case', [allow(ARN, 'EXECUTE-API:invoke')], 'allow'],
    ['an action with a wildcard', [allow(ARN, 'execute-api:*')], 'allow'],
    ['any action', [allow(ARN, ['s3:GetObject', '*'])], 'allow'],
    ['an allow of another action', [allow(ARN, 'execute-api:ManageConnections')], 'implicit-deny'],
    ['a deny of another action', [allow(ARN), deny(ARN, 'execute-api:ManageConnections')], 'allow'],
  ])('%s', (_, Statement, expected) => {
    expect(evaluateDocument({ Statement }, ARN)).toBe(expected);
  });
});
