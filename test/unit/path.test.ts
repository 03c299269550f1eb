import { describe, expect, it } from '@jest/globals';
import { segmentsOfPath } from '../../shared/policy/path.ts';

describe('a path that can be read in one way only', () => {
  it.each([
    ['/', []],
    ['/a', ['a']],
    ['/a/', ['a']],
    ['/a/b/c', ['a', 'b', 'c']],
    ['/a%20b', ['a b']],
    ['/caf%C3%A9', ['café']],
    ['/café', ['café']],
    ['/a+b', ['a+b']],
    ['/a:b,c', ['a:b,c']],
    ['/...', ['...']],
    ['/.well-known', ['.well-known']],
    ['/__proto__/constructor', ['__proto__', 'constructor']],
  ])('%s', (path, segments) => {
    expect(segmentsOfPath(path)).toEqual(segments);
  });
});

describe('an ambiguous path', () => {
  it.each([
    ['no leading slash', 'a'],
    ['no leading slash before several segments', 'aa/b'],
    ['nothing', ''],
    ['two slashes', '//'],
    ['an empty segment', '/a//b'],
    ['two trailing slashes', '/a//'],
    ['a dot', '/a/./b'],
    ['two dots', '/a/../b'],
    ['a dot at the end', '/a/.'],
    ['encoded dots', '/a/%2e%2e/b'],
    ['half encoded dots', '/a/.%2E/b'],
    ['an encoded slash', '/a%2fb'],
    ['a backslash', '/a\\b'],
    ['an encoded backslash', '/a%5cb'],
    ['double encoding', '/a%252fb'],
    ['a letter encoded twice', '/%2541'],
    ['an encoded percent', '/100%25'],
    ['a bare percent', '/100%'],
    ['half an escape', '/a%2'],
    ['no hex', '/a%zz'],
    ['bytes that are not UTF-8', '/%ff'],
    ['an overlong slash', '/%c0%af'],
    ['a star', '/*'],
    ['an encoded star', '/%2a'],
    ['a question mark', '/a?b'],
    ['an encoded question mark', '/a%3fb'],
    ['path parameters', '/a;b=c'],
    ['braces', '/{user}'],
    ['encoded braces', '/%7Buser%7D'],
    ['NUL', '/a%00'],
    ['a newline', '/a%0ab'],
    ['a raw newline', '/a\nb'],
    ['DEL', '/a%7f'],
    ['a C1 control', '/a%c2%85'],
    ['a lone surrogate', '/a\ud800'],
  ])('%s', (_, path) => {
    expect(segmentsOfPath(path)).toBeNull();
  });
});
