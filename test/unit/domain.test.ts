import { describe, expect, it } from '@jest/globals';
import {
  domainMatches,
  domainOfMailbox,
  isPlainHost,
  ldhHost,
  parentsOf,
} from '../../shared/policy/domain.ts';
import { canonicalDomainPattern, canonicalDomainSet } from '../../shared/policy/domain-pattern.ts';

describe('the domain of a mailbox', () => {
  it.each([
    ['ada@example.com', 'example.com'],
    ['Ada@EXAMPLE.Com', 'example.com'],
    ['ada@example.com.', 'example.com'],
    ['ada+tag@example.com', 'example.com'],
    ["o'neil@example.com", 'example.com'],
    ['jürgen@example.com', 'example.com'],
    ['a@b.c.d.example', 'b.c.d.example'],
    ['a@3com.example', '3com.example'],
    ['a@bücher.example', 'xn--bcher-kva.example'],
    ['a@xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['a@XN--BCHER-KVA.example', 'xn--bcher-kva.example'],
    ['a@faß.example', 'xn--fa-hia.example'],
    ['a@例え.jp', 'xn--r8jz45g.jp'],
    ['a@abc--ü.example', 'xn--abc---ova.example'],
    ['a@b.c', 'b.c'],
    ['a@b.1c', 'b.1c'],
    ['a@b.c1', 'b.c1'],
    ['ü.bc@example.com', 'example.com'],
    [`${'x'.repeat(64)}@example.com`, 'example.com'],
    [`${'x'.repeat(60)}@${'y.'.repeat(96)}c`, `${'y.'.repeat(96)}c`],
  ])('%s', async (address, domain) => {
    await expect(domainOfMailbox(address)).resolves.toBe(domain);
  });

  it.each([
    ['no at sign', 'example.com'],
    ['two at signs', 'a@evil.com@example.com'],
    ['a quoted local part', '"a@evil.com"@example.com'],
    ['a quoted plain local part', '"a"@example.com'],
    ['a quote alone', '"@example.com'],
    ['a comma behind a dot', 'a.,@example.com'],
    ['no local part', '@example.com'],
    ['no host', 'a@'],
    ['a host without a dot', 'a@localhost'],
    ['an IPv4 address', 'a@127.0.0.1'],
    ['a last label of digits', 'a@example.com.1'],
    ['an international host without a dot', 'a@bücher'],
    ['an address literal', 'a@[127.0.0.1]'],
    ['two trailing dots', 'a@example.com..'],
    ['a leading dot', 'a@.example.com'],
    ['an empty label', 'a@example..com'],
    ['a leading hyphen', 'a@-example.com'],
    ['a trailing hyphen', 'a@example-.com'],
    ['an underscore', 'a@ex_ample.com'],
    ['a space', 'a@exa mple.com'],
    ['a leading space', ' a@example.com'],
    ['a trailing newline', 'a@example.com\n'],
    ['NUL', 'a@example.com\u0000'],
    ['a display name', 'Ada <a@example.com>'],
    ['a list', 'a@example.com,b@evil.com'],
    ['two dots in the local part', 'a..b@example.com'],
    ['a label of 64 characters', `a@${'x'.repeat(64)}.com`],
    ['an address of 255 characters', `a@${'x.'.repeat(126)}c`],
    ['a local part of 65 characters', `${'x'.repeat(65)}@example.com`],
    ['a full-width dot', 'a@example．com'],
    ['an ideographic dot', 'a@example。com'],
    ['a full-width letter', 'a@ｅxample.com'],
    ['a Kelvin sign', 'a@\u212aelvin.com'],
    ['an upper-case umlaut', 'a@BÜCHER.example'],
    ['a decomposed umlaut', 'a@bu\u0308cher.example'],
    ['a zero-width joiner', 'a@exam\u200dple.com'],
    ['a soft hyphen', 'a@exam\u00adple.com'],
    ['an emoji', 'a@☃.example'],
    ['an A-label that is none', 'a@xn--zz--zz.example'],
    ['an A-label of ASCII', 'a@xn--abc-.example'],
    ['a reserved label', 'a@ab--cd.example'],
    ['a reserved label with three hyphens', 'a@y---axc.example'],
    ['a mixed bidi label', 'a@aا.example'],
  ])('is none for %s', async (_, address) => {
    await expect(domainOfMailbox(address)).resolves.toBeNull();
  });
});

describe('a domain pattern', () => {
  it.each([
    ['Example.COM', 'example.com'],
    ['*.Example.com.', '*.example.com'],
    ['*.edu', '*.edu'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['*.bücher.example', '*.xn--bcher-kva.example'],
  ])('%s becomes %s', (pattern, canonical) => {
    expect(canonicalDomainPattern(pattern)).toBe(canonical);
  });

  it.each([
    '',
    '*',
    '*.',
    'localhost',
    'edu',
    '*.*.com',
    'ex*mple.com',
    '@example.com',
    'a@example.com',
    'BÜCHER.example',
    'https://example.com',
    '127.0.0.1',
  ])('%p is none', (pattern) => {
    expect(canonicalDomainPattern(pattern)).toBeNull();
  });
});

it('domain patterns make a set of what they are in ASCII; one that is none stays what it is', () => {
  expect(canonicalDomainSet(['Example.COM', '*.bücher.example', 'localhost'])).toEqual({
    'example.com': true,
    '*.xn--bcher-kva.example': true,
    localhost: true,
  });
});

describe('matching is by whole labels', () => {
  const matches = (pattern: string, domain: string) => domainMatches({ [pattern]: true }, domain);

  it.each([
    ['example.com', 'example.com', true],
    ['example.com', 'a.example.com', false],
    ['example.com', 'notexample.com', false],
    ['example.com', 'example.com.evil.io', false],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'a.example.com', true],
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'notexample.com', false],
    ['*.example.com', 'a.example.com.evil.io', false],
  ])('%s and %s: %p', (pattern, domain, expected) => {
    expect(matches(pattern, domain)).toBe(expected);
  });

  it('never by what an object inherits', () => {
    expect(domainMatches({}, 'constructor')).toBe(false);
  });
});

describe('a host of ASCII labels', () => {
  it.each([
    'a',
    'a.b',
    'a-b.c',
    'a--b.c',
    'xn--zz--zz.c',
    '1.2',
    `${'x'.repeat(63)}.c`,
    `${'x.'.repeat(126)}c`,
  ])('%s', (host) => {
    expect(ldhHost(host)).toBe(host);
  });

  it.each([
    '',
    'a.',
    '.a',
    'a..b',
    '-a.b',
    'a-.b',
    'a_b.c',
    'é.c',
    'A.c',
    `${'x'.repeat(64)}.c`,
    `${'x.'.repeat(126)}cc`,
  ])('not %s', (host) => {
    expect(ldhHost(host)).toBeNull();
  });

  it.each([
    ['example.com', true],
    ['abc--d.com', true],
    ['ab--d.com', false],
    ['a.xn--zz.com', false],
    ['é.com', false],
  ])('%s needs no IDNA: %p', (host, plain) => {
    expect(isPlainHost(host)).toBe(plain);
  });

  it('has parents, from the nearest', () => {
    expect(parentsOf('a.b.example.com')).toEqual(['b.example.com', 'example.com', 'com']);
  });
});
