import { describe, expect, it } from '@jest/globals';
import { parsePolicy } from '../../shared/policy/parse.ts';

/** The codes of what is wrong with a policy; empty if nothing is. */
function codesOf(policy: object): string[] {
  const parsed = parsePolicy(JSON.stringify({ version: 1, ...policy }));
  return parsed.ok ? [] : parsed.issues.map(({ code }) => code);
}

/** Policies that differ in one value. */
const PLACES = {
  'an age': (value: unknown) => rule({ to: { auth_age: value } }),
  'a role': (value: unknown) => ({ groups: { a: { role: value } } }),
  'a client': (value: unknown) => rule({ to: { clients: [value] } }),
  'a scope': (value: unknown) => rule({ to: { scopes: [value] } }),
  'a claim’s value': (value: unknown) => rule({ to: { claims: { a: value } } }),
  'a precedence': (value: unknown) => ({ groups: { a: { precedence: value } } }),
  'a group’s name': (value: unknown) => ({ groups: { [String(value)]: {} } }),
  'a rule’s id': (value: unknown) => rule({ id: value }),
  'a bound claim': (value: unknown) => rule({ allow: ['GET /{a}'], where: { a: value } }),
  'a groups attribute': (value: unknown) => ({
    providers: { Okta: { domains: ['a.io'], groups_attribute: value } },
  }),
  'a claim template': (value: unknown) => ({ tokens: { claims: { a: value } } }),
  'a message': (value: unknown) => ({ messages: { no_rule: value } }),
  'a redirect URI': (value: unknown) => ({
    sign_in: { methods: ['magic_link'], magic_link: { redirect_uris: [value] } },
  }),
  'throw-away domains': (value: unknown) => ({ domains: { disposable: value } }),
  'plus addressing': (value: unknown) => ({ domains: { plus_addressing: value } }),
  'a sign-up mode': (value: unknown) => ({ sign_up: { mode: value } }),
  'a sign-in method': (value: unknown) => ({
    sign_in: { methods: [value], magic_link: { redirect_uris: ['https://app.example.com/'] } },
  }),
  'digits of a code': (value: unknown) => ({
    sign_in: { methods: ['email_otp'], otp: { digits: value, attempts: 1 } },
  }),
  'a code’s life': (value: unknown) => ({ sign_in: { methods: ['email_otp'], otp: { ttl: value } } }),
  'a link’s life': (value: unknown) => ({
    sign_in: { methods: ['magic_link'], magic_link: { redirect_uris: ['https://a.io/'], ttl: value } },
  }),
  'a pause': (value: unknown) => ({ sign_in: { methods: ['email_otp'], resend_after: value } }),
  'a domain': (value: unknown) => ({ domains: { allow: [value] } }),
  'a pattern': (value: unknown) => rule({ allow: [value] }),
  'a pool': (value: unknown) => rule({ to: { pools: [value] } }),
  'a second factor': (value: unknown) => rule({ to: { mfa: value } }),
  'a condition': (value: unknown) => rule({ to: value }),
  'a claim to set': (value: unknown) => ({ tokens: { claims: { [String(value)]: 'x' } } }),
  'a version': (value: unknown) => ({ version: value }),
  'attempts at a code': (value: unknown) => ({
    sign_in: { methods: ['email_otp'], otp: { attempts: value } },
  }),
};

function rule(parts: object): object {
  return { rules: [{ id: 'a', allow: ['GET /'], ...parts }] };
}

const ROLE = 'arn:aws:iam::123456789012:role/';

describe('values that a policy can have', () => {
  it.each<[keyof typeof PLACES, unknown[]]>([
    ['an age', ['1s', '15m', '12h', '30d', '999999s']],
    ['a role', [`${ROLE}admin`, `${ROLE}a/b_C+=,.@-1`, 'arn:aws-us-gov:iam::123456789012:role/a']],
    ['a client', ['a', 'ä b']],
    ['a scope', ['a', 'https://x/y.z!~[]']],
    [
      'a claim’s value',
      ['', 'a', true, 5, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, ['a', 5, false]],
    ],
    ['a precedence', [0, 2147483647]],
    ['a group’s name', ['a', 'é+"', 'x'.repeat(128), 'eu-west-1_Okta', 'x-eu-west-1_A_Okta']],
    ['a rule’s id', ['a b', 'x'.repeat(128)]],
    ['a bound claim', ['${claims.sub}', '${claims.custom:tenant}']],
    ['a groups attribute', ['a', 'groups-1', 'custom:idp_groups', 'x'.repeat(64)]],
    [
      'a claim template',
      ['', 'plain', 'a$b$', '${user.email}', 'a${user.custom:a}b${user.b}', 5, -0.5, false],
    ],
    ['a message', ['a', 'x'.repeat(256)]],
    [
      'a redirect URI',
      ['https://a.example/in?x=1', 'http://localhost:3000/in', 'http://127.0.0.1/', 'http://[::1]/'],
    ],
    ['a code’s life', ['1m', '60s', '600s', '10m']],
    ['a link’s life', ['60s', '15m']],
    ['a pause', ['30s', '15m']],
    ['throw-away domains', ['allow', 'deny']],
    ['plus addressing', ['allow', 'deny']],
    ['a sign-up mode', ['open', 'invite']],
    ['a sign-in method', ['email_otp', 'magic_link']],
    ['digits of a code', [6, 12]],
    ['attempts at a code', [1, 10]],
    ['a domain', ['a.io', '*.a.io', 'bücher.example']],
    ['a pattern', ['GET /a', 'ANY /**']],
    ['a pool', ['eu-west-1_A', 'https://idp.example.com']],
    ['a second factor', [true]],
    ['a condition', [{ machine: false }]],
    ['a claim to set', ['tenant']],
    ['a version', [1]],
  ])('%s', (place, values) => {
    for (const value of values) expect([value, codesOf(PLACES[place](value))]).toEqual([value, []]);
  });

  it('all that sign-in can be told', () => {
    expect(
      codesOf({
        sign_in: {
          methods: ['email_otp', 'magic_link'],
          otp: { digits: 8, ttl: '5m', attempts: 3 },
          magic_link: { ttl: '10m', redirect_uris: ['https://a.example/in'], same_browser: true },
          resend_after: '60s',
          rules: [{ clients: ['a'], domains: ['a.io'], methods: ['magic_link'], after_srp: true }],
        },
      }),
    ).toEqual([]);
  });
});

describe('values that a policy cannot have', () => {
  // JSON has no such numbers.
  it.each([
    ['.inf', 'POLICY_TEMPLATE'],
    ['-.inf', 'POLICY_TEMPLATE'],
    ['.nan', 'POLICY_TYPE'],
  ])('a claim template, %s: %s', (value, code) => {
    const parsed = parsePolicy(`version: 1\ntokens: { claims: { a: ${value} } }`);
    expect(parsed).toMatchObject({ ok: false, issues: [{ code }] });
  });

  it.each<[keyof typeof PLACES, string, unknown[]]>([
    ['an age', 'POLICY_DURATION', ['0s', '05m', '1000000s', 'x15m', '15mx', '15m ', '1.5h', '15', '1w', 15]],
    [
      'a role',
      'POLICY_ROLE',
      [
        `x${ROLE}a`,
        `${ROLE}a b`,
        ROLE,
        `${ROLE}${'x'.repeat(513)}`,
        'arn:aws:iam::12345678901:role/a',
        'arn:aws:iam::12345678901x:role/a',
        'arn:AWS:iam::123456789012:role/a',
      ],
    ],
    ['a client', 'POLICY_VALUE', ['\u0007a', 'a\u0007b', 'a\n']],
    ['a client', 'POLICY_EMPTY', ['']],
    ['a scope', 'POLICY_VALUE', ['a b', 'a"', 'a\\b', 'é', '']],
    ['a claim’s value', 'POLICY_VALUE', [-(2 ** 53), 2 ** 53]],
    ['a claim’s value', 'POLICY_EMPTY', [[]]],
    ['a claim’s value', 'POLICY_TYPE', [null, {}, [{}], [null]]],
    ['a precedence', 'POLICY_VALUE', [-1, 0.5, 2147483648]],
    ['a precedence', 'POLICY_TYPE', ['1']],
    [
      'a group’s name',
      'POLICY_GROUP_NAME',
      ['', 'a b', 'x'.repeat(129), 'eu-west-1_A_Okta', 'us-gov-west-1_A_Okta'],
    ],
    ['a rule’s id', 'POLICY_VALUE', ['x'.repeat(129), 'a\u0000']],
    [
      'a bound claim',
      'POLICY_WHERE_VALUE',
      ['sub', 'x${claims.sub}', '${claims.sub}x', '${claims.}', '${claims.a b}', '${claims.a}${claims.b}'],
    ],
    ['a groups attribute', 'POLICY_VALUE', ['', 'a b', ' a', 'other:a', 'x'.repeat(65)]],
    [
      'a claim template',
      'POLICY_TEMPLATE',
      ['${user.}', '${claims.a}', 'a${', '${user.a', '${user.a b}', 'x${user.a}${y}'],
    ],
    ['a message', 'POLICY_VALUE', ['x'.repeat(257), 'a\nb']],
    [
      'a redirect URI',
      'POLICY_REDIRECT_URI',
      [
        'a.example/in',
        'http://a.example/in',
        'ftp://a.example/in',
        'https://a.example/#x',
        'https://*.example/in',
        'https://u@a.example/',
        'https://:p@a.example/',
        'https://u:p@a.example/',
      ],
    ],
    ['a code’s life', 'POLICY_VALUE', ['59s', '601s', '11m']],
    ['a code’s life', 'POLICY_DURATION', ['5', '5x', '0m']],
    ['a link’s life', 'POLICY_VALUE', ['59s', '16m']],
    ['a pause', 'POLICY_VALUE', ['29s', '16m']],
    ['throw-away domains', 'POLICY_VALUE', ['maybe', '']],
    ['plus addressing', 'POLICY_VALUE', ['maybe', '']],
    ['a sign-up mode', 'POLICY_VALUE', ['closed', '']],
    ['a sign-in method', 'POLICY_VALUE', ['sms', '']],
    ['digits of a code', 'POLICY_VALUE', [5, 13, 6.5]],
    ['attempts at a code', 'POLICY_VALUE', [0, 11]],
    ['a domain', 'POLICY_DOMAIN', ['localhost', '*', 'a..io', '']],
    ['a pattern', 'POLICY_PATTERN', ['GET', 'GET /a//b']],
    ['a pool', 'POLICY_POOL', ['https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A']],
    ['a second factor', 'POLICY_MFA_FALSE', [false, 'true', null]],
    ['a condition', 'POLICY_EMPTY', [{}]],
    ['a claim to set', 'POLICY_RESERVED_CLAIM', ['sub', 'email', 'cognito:groups']],
    ['a version', 'POLICY_VERSION', [0, 2, '1', null]],
  ])('%s: %s', (place, code, values) => {
    for (const value of values) expect([value, codesOf(PLACES[place](value))]).toEqual([value, [code]]);
  });
});
