import { describe, expect, it } from '@jest/globals';
import { formatIssues, printable } from '../../shared/policy/print.ts';

describe('text as people see it', () => {
  it.each([
    ['is as it was', 'plain café → 1', 'plain café → 1'],
    ['has no escape', '\x1b[2J', '\\u{1b}[2J'],
    ['has no second line', 'a\nb\r\nc', 'a\\u{a}b\\u{d}\\u{a}c'],
    ['has no other line end', '\u2028\u2029\x85', '\\u{2028}\\u{2029}\\u{85}'],
    ['runs one way', '\u202e', '\\u{202e}'],
    ['hides nothing beyond the first plane', '\u{e0041}', '\\u{e0041}'],
  ])('%s', (_, text, seen) => {
    expect(printable(text)).toBe(seen);
  });
});

describe('issues as people see them', () => {
  const issue = { code: 'CODE', file: 'a.yml', line: 3, column: 7, message: 'wrong\n', hint: 'mend\n' };
  const seen = 'a.yml:3:7 CODE wrong\\u{a}\n  help: mend\\u{a}\n';

  it('one', () => {
    expect(formatIssues([issue])).toBe(`${seen}1 error in a.yml`);
  });

  it('several', () => {
    expect(formatIssues([issue, issue])).toBe(`${seen}${seen}2 errors in a.yml`);
  });
});
