import { describe, expect, it } from '@jest/globals';
import {
  HTTP_VERBS,
  type PatternSegment,
  parsePattern,
  variablesOf,
  type Verb,
} from '../../shared/policy/pattern.ts';

const literal = (text: string): PatternSegment => ({ kind: 'literal', text });
const any = (variable: string | null): PatternSegment => ({ kind: 'any', variable });
const rest: PatternSegment = { kind: 'rest' };

describe('a route pattern', () => {
  it.each<[string, readonly Verb[], PatternSegment[]]>([
    ['ANY /', HTTP_VERBS, []],
    ['CONNECT /', ['CONNECT'], []],
    ['GET   /a', ['GET'], [literal('a')]],
    ['GET,PUT,GET /a', ['GET', 'PUT'], [literal('a')]],
    ['GET /a%20b/café', ['GET'], [literal('a b'), literal('café')]],
    ['GET /*/{user}/{_1}/**', ['GET'], [any(null), any('user'), any('_1'), rest]],
    ['GET /**', ['GET'], [rest]],
    ['GET /*/a/*', ['GET'], [any(null), literal('a'), any(null)]],
    ['GET /...', ['GET'], [literal('...')]],
  ])('%s', (text, verbs, segments) => {
    expect(parsePattern(text)).toEqual({ verbs, segments });
  });

  it('captures names, in path order', () => {
    const pattern = parsePattern('GET /{b}/x/*/{a}/**');
    expect('code' in pattern ? pattern : variablesOf(pattern)).toEqual(['b', 'a']);
  });

  it.each<[string, string, string?]>([
    ['GET', '`GET` is not of the form `METHODS /path`', 'write for example `GET,PUT /users/{user}`'],
    [' GET /a', '` GET /a` is not of the form `METHODS /path`'],
    ['GET /a b', '`GET /a b` is not of the form `METHODS /path`'],
    ['GET a/b', '`GET a/b` is not of the form `METHODS /path`'],
    ['get /a', '`get` is not a method', HTTP_VERBS.join(' ')],
    ['GET,,PUT /a', '`` is not a method'],
    ['ANY,GET /a', '`ANY` is not a method'],
    ['GET,CONNECT /a', '`CONNECT` has a path other than `/`', 'a WebSocket `$connect` is `CONNECT /`'],
    ['GET /a//b', 'the path has an empty segment', 'write single slashes and none at the end'],
    ['GET /a/', 'the path has an empty segment'],
    [
      'GET /**/a',
      '`**` stands before the end of the path',
      'use `*` for one segment; `**` only as the last one',
    ],
    ['GET /{proxy+}', "`{proxy+}` is API Gateway's notation", '`**`'],
    ['GET /{+}', "`{+}` is API Gateway's notation"],
    ['GET /x{proxy+}', 'segment `x{proxy+}` holds a character or escape that no unambiguous path has'],
    ['GET /{proxy+}x', 'segment `{proxy+}x` holds a character or escape that no unambiguous path has'],
    ['GET /{a}x', 'segment `{a}x` holds a character or escape that no unambiguous path has'],
    ['GET /x{a}', 'segment `x{a}` holds a character or escape that no unambiguous path has'],
    [
      'GET /{1}',
      'segment `{1}` holds a character or escape that no unambiguous path has',
      'a segment is a literal, `*`, `{name}` or a final `**`; a literal decodes to no / \\ % * ? ; { } or control character',
    ],
    [
      'GET /{a}/b/{a}',
      'variable `a` stands twice in `/{a}/b/{a}`',
      'give each captured segment a name of its own',
    ],
  ])('is not %s', (text, message, hint = '') => {
    const code = message.startsWith('variable') ? 'POLICY_VARIABLE_TWICE' : 'POLICY_PATTERN';
    expect(parsePattern(text)).toMatchObject({ code, message, hint: expect.stringContaining(hint) });
  });

  it('has 256 segments at the most', () => {
    expect(parsePattern(`GET ${'/a'.repeat(256)}`)).toMatchObject({ segments: { length: 256 } });
    expect(parsePattern(`GET ${'/a'.repeat(257)}`)).toEqual({
      code: 'POLICY_PATTERN',
      message: 'the path has 257 segments',
      hint: 'no request has more than 256',
    });
  });
});
