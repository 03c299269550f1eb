import { describe, expect, it } from '@jest/globals';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { readCases } from '../support/cases.ts';

interface Case {
  name: string;
  policy: string;
  errors: string[];
}

const issuesOf = (text: string) => {
  const parsed = parsePolicy(text);
  return parsed.ok ? [] : parsed.issues;
};

describe('every error of a policy file, at its place', () => {
  it.each(readCases<Case[]>('parse.yml'))('$name', ({ policy, errors }) => {
    expect(issuesOf(policy).map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual(errors);
  });
});

describe('an issue', () => {
  it('says what is wrong and how to mend it', () => {
    const [issue] = issuesOf(
      'version: 1\ngroups: { reader: {} }\nrules: [{ id: a, allow: ["GET /"], to: { groups: [raeder] } }]',
    );
    expect(issue).toEqual({
      code: 'POLICY_UNDEFINED_GROUP',
      file: 'policy.yml',
      line: 3,
      column: 51,
      message: 'group `raeder` is not defined',
      hint: 'did you mean `reader`?',
    });
  });

  it.each(['', '# only a comment', '---'])('of %p says that the file is empty', (text) => {
    expect(issuesOf(text)).toEqual([
      expect.objectContaining({
        code: 'POLICY_TYPE',
        message: 'the file is empty',
        hint: 'begin it with `version: 1`',
      }),
    ]);
  });

  it.each(readCases<Case[]>('parse.yml'))('is one line with a hint: $name', ({ policy }) => {
    for (const { message, hint } of issuesOf(policy)) {
      expect(message).toMatch(/^\S.*[^.\s]$/);
      expect(hint).toMatch(/^\S.*\S$/);
    }
  });
});
