import { describe, expect, it } from '@jest/globals';
import { readYaml } from '../../shared/policy/yaml.ts';

const issuesOf = (text: string) =>
  readYaml(text).issues.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);

describe('what stands in a file', () => {
  it('is read as plain data', () => {
    const { readable, value, issues } = readYaml('a: [1, "2", true, null, -1.5, .inf]\nb: { c: text }\n');
    expect({ readable, value, issues }).toEqual({
      readable: true,
      value: { a: [1, '2', true, null, -1.5, Infinity], b: { c: 'text' } },
      issues: [],
    });
  });

  it.each<[string, string, string[]]>([
    [
      'an error, on one line and without an extract',
      'a: {\n',
      [
        '2:1 POLICY_YAML not valid YAML: Flow map in block collection must be sufficiently indented and end with a }',
      ],
    ],
    [
      'a key twice, on one line',
      '" a\\n\\n b": 1\n" a\\n\\n b": 2',
      ['2:1 POLICY_DUPLICATE_KEY key `a b` stands twice in this mapping'],
    ],
    ['keys of JavaScript’s', 'prototype: 1', ['1:1 POLICY_UNKNOWN_KEY `prototype` cannot be a key']],
    [
      'keys that are no text, which are not compared',
      '{ [a]: 1, [b]: 2 }',
      [3, 11].map(
        (column) => `1:${column} POLICY_YAML not valid YAML: With stringKeys, all keys must be strings`,
      ),
    ],
    ['a tag', 'a: !b c', ['1:7 POLICY_YAML tag `!b` is not allowed']],
    ['an alias', 'a: &b 1\nc: *b', ['2:4 POLICY_ALIAS alias `*b` is not allowed']],
    [
      'what is read otherwise than it is written',
      'a: +1\nb: 0o7\nc: True\nd: -0',
      [
        '1:4 POLICY_VALUE `+1` is read as `1`',
        '2:4 POLICY_VALUE `0o7` is read as `7`',
        '3:4 POLICY_VALUE `True` is read as `true`',
        '4:4 POLICY_VALUE `-0` is read as `0`',
      ],
    ],
  ])('%s', (_, text, issues) => {
    expect(issuesOf(text)).toEqual(issues);
  });
});

it.each(['a: &b [1]\nc: *b', 'a: {', 'a: !b c'])('%j is not read any further', (text) => {
  const { readable, value } = readYaml(text);
  expect({ readable, value }).toEqual({ readable: false, value: undefined });
});

describe('where something stands', () => {
  const { positionOf } = readYaml('a:\n  b: [x, { c: 1 }]\n  empty:\n');
  const at = (...[path, atKey]: Parameters<typeof positionOf>) => {
    const { line, column } = positionOf(path, atKey);
    return `${line}:${column}`;
  };

  it.each<[string, (string | number)[], string, string]>([
    ['the whole', [], '1:1', '1:1'],
    ['a value, and its key', ['a', 'b'], '2:6', '2:3'],
    ['an element', ['a', 'b', 0], '2:7', '2:7'],
    ['below an element', ['a', 'b', 1, 'c'], '2:15', '2:12'],
    ['a key without a value', ['a', 'empty'], '3:3', '3:3'],
    ['what is missing: the mapping that it would be in', ['a', 'b', 1, 'd'], '2:10', '2:10'],
    ['below what is missing', ['a', 'x', 'y'], '2:3', '2:3'],
    ['below a scalar', ['a', 'b', 0, 'z'], '2:7', '2:7'],
    ['a name in a list', ['a', 'b', 'z'], '2:6', '2:6'],
    ['behind a list', ['a', 'b', 9], '2:6', '2:6'],
  ])('%s', (_, path, value, key) => {
    expect([at(path), at(path, true)]).toEqual([value, key]);
  });
});

it('a key that stands alone stands at itself', () => {
  expect(readYaml('{ b, a }').positionOf(['a'])).toEqual({ line: 1, column: 6 });
});

describe('how deep and how large a file may be', () => {
  const tooDeep = (line: number) => [`${line}:1 POLICY_TOO_DEEP the file is nested too deeply`];
  const nested = (open: string, close: string, depth: number) =>
    `version: 1\na: ${open.repeat(depth)}${close.repeat(depth)}`;
  const indented = (depth: number) =>
    Array.from({ length: depth }, (_, n) => `${' '.repeat(n)}a:`).join('\n');

  it.each<[string, string, string[]]>([
    ['a hundred brackets', nested('[', ']', 100), []],
    ['a bracket more', nested('[', ']', 101), tooDeep(2)],
    ['a hundred braces', nested('{ a: ', '}', 100), []],
    ['a brace more', nested('{ a: ', '}', 101), tooDeep(2)],
    ['brackets in a row', `a: [${'[], '.repeat(200)}]`, []],
    ['256 blanks before a key', indented(257), []],
    ['a blank more', indented(258), tooDeep(258)],
    ['a bracket more, and more lines', `${nested('[', ']', 101)}\nb: 1`, tooDeep(2)],
    ['a ruler of 300 dashes in a comment', `# ${'-'.repeat(300)}`, []],
  ])('%s', (_, text, issues) => {
    expect(issuesOf(text)).toEqual(issues);
  });

  it.each([nested('[', ']', 101), 'a: '.repeat(20_000)])('%.20s… says how deep', (text) => {
    const { readable, value, issues, positionOf } = readYaml(text);
    expect({ readable, value, position: positionOf(['a']) }).toEqual({
      readable: false,
      value: undefined,
      position: { line: 1, column: 1 },
    });
    expect(issues).toEqual([
      expect.objectContaining({ code: 'POLICY_TOO_DEEP', hint: 'a policy nests seven levels at the most' }),
    ]);
  });

  it('5,000,000 characters', () => {
    const text = `a: 1\n#${'x'.repeat(5_000_000)}`.slice(0, 5_000_000);
    expect(issuesOf(text)).toEqual([]);
    const { readable, value, issues, positionOf } = readYaml(`${text}x`);
    expect({ readable, value, position: positionOf(['a']) }).toEqual({
      readable: false,
      value: undefined,
      position: { line: 1, column: 1 },
    });
    expect(issues).toEqual([
      {
        code: 'POLICY_TOO_LARGE',
        line: 1,
        column: 1,
        message: 'the file has 5000001 characters; the limit is 5000000',
        hint: expect.stringMatching(/patterns/),
      },
    ]);
  });
});
