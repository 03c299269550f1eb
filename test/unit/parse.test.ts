import { describe, expect, it } from '@jest/globals';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { formatIssue } from '../../shared/policy/print.ts';
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

describe('what a person reads', () => {
  const cases = readCases<{ policy: string; says: string }[]>('parse-messages.yml');

  it.each(cases.map((each) => ({ ...each, name: each.says.split('\n')[0] })))('$name', ({ policy, says }) => {
    const lines = issuesOf(policy).map((issue) => formatIssue(issue).replace(/^policy\.yml:/, ''));
    expect(`${lines.join('\n')}\n`).toBe(says);
  });

  it.each(readCases<Case[]>('parse.yml'))('is one line and how to mend it: $name', ({ policy }) => {
    for (const { message, hint } of issuesOf(policy)) {
      expect(message).toMatch(/^\S.*[^.\s]$/);
      expect(hint).toMatch(/^\S.*\S$/);
    }
  });
});

describe('a policy without errors', () => {
  const text = 'version: 1\ngroups: { reader: {} }\nrules:\n  - { id: a, allow: ["GET /"] }\n';

  it('is what the file says, with the places of its parts', () => {
    const parsed = parsePolicy(text);
    if (!parsed.ok) throw new Error('not valid');
    expect(parsed.policy).toEqual({
      version: 1,
      groups: { reader: {} },
      rules: [{ id: 'a', allow: ['GET /'] }],
    });
    expect(parsed.positionOf(['rules', 0])).toEqual({ line: 4, column: 5 });
  });

  it('is none any more with one; its file is named', () => {
    const parsed = parsePolicy(`${text}x: 1\n`, 'other.yml');
    expect(parsed).toEqual({
      ok: false,
      issues: [expect.objectContaining({ file: 'other.yml', line: 5, column: 1 })],
    });
  });
});
