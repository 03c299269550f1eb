import { describe, expect, it } from '@jest/globals';
import { parsePolicy } from '../../shared/policy/parse.ts';

const issuesOf = (text: string) => {
  const parsed = parsePolicy(text);
  return parsed.ok ? [] : parsed.issues;
};

describe('text that is made to hurt', () => {
  const repeat = (text: string, times: number) => text.repeat(times);

  it.each([
    ['flow sequences 100,000 deep', repeat('[', 100_000), 'POLICY_TOO_DEEP'],
    ['flow mappings 50,000 deep', repeat('{a: ', 50_000), 'POLICY_TOO_DEEP'],
    ['sequences 100,000 deep', repeat('- ', 100_000), 'POLICY_TOO_DEEP'],
    ['explicit keys 100,000 deep', repeat('? ', 100_000), 'POLICY_TOO_DEEP'],
    ['mappings 20,000 deep on a line', repeat('a: ', 20_000), 'POLICY_TOO_DEEP'],
    [
      'indentation 2,000 deep',
      Array.from({ length: 2000 }, (_, depth) => `${repeat(' ', depth)}a:`).join('\n'),
      'POLICY_TOO_DEEP',
    ],
    ['5 MB', `version: 1\n#${repeat('x', 5_000_000)}`, 'POLICY_TOO_LARGE'],
    ['nested aliases', `version: 1\na: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]`, 'POLICY_ALIAS'],
  ])('%s', (_, text, code) => {
    expect(issuesOf(text)[0]?.code).toBe(code);
  });

  it('20,000 groups that include each other in a chain', () => {
    const groups = Array.from(
      { length: 20_000 },
      (_, index) => `  g${index}: { includes: [g${(index + 1) % 20_000}] }`,
    );
    const issues = issuesOf(`version: 1\ngroups:\n${groups.join('\n')}`);
    expect(issues.map(({ code }) => code)).toEqual(['POLICY_INCLUDES_CYCLE']);
  });

  it('20,000 unknown keys, and 4,000 undefined groups among as many', () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`);
    expect(issuesOf(`version: 1\n${keys.join('\n')}`)).toHaveLength(20_000);
    const groups = Array.from({ length: 4000 }, (_, index) => `  g${index}: { includes: [h${index}] }`);
    expect(issuesOf(`version: 1\ngroups:\n${groups.join('\n')}`)).toHaveLength(4000);
  });

  it('20,000 keys, twice', () => {
    const lines = Array.from({ length: 40_000 }, (_, index) => `  g${index % 20_000}: {}`);
    expect(issuesOf(`version: 1\ngroups:\n${lines.join('\n')}`)).toHaveLength(20_000);
  });
});
