import { describe, expect, it } from '@jest/globals';
import { decomposeUnverifiedJwt } from 'aws-jwt-verify/jwt';
import fc from 'fast-check';
import {
  assertHeader,
  assertKeyFits,
  assertLifetimeAndSubject,
  assertRegisteredTypes,
  decodeUnverified,
} from '../../shared/token/strict.ts';

const encode = (text: string | Buffer) => Buffer.from(text).toString('base64url');
const codeOf = (act: () => unknown): string | null => {
  try {
    act();
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

const KEYS = {
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
};
const SIGNATURE_BYTES: Record<string, number> = { ES256: 64, ES384: 96, ES512: 132, EdDSA: 64 };
const ALGORITHMS = Object.keys(KEYS) as (keyof typeof KEYS)[];

/** A token's parts, of which a test reads one. */
const UNREAD = {
  header: {},
  headerB64: '',
  payload: {},
  payloadB64: '',
  signatureB64: '',
  signatureBytes: 1,
};

describe('the parts of a token', () => {
  it('are three', () => {
    const parts = [encode('{"alg":"RS256"}'), encode('{"sub":"s"}'), encode('signature')];
    expect(decodeUnverified(parts.join('.'))).toEqual({
      header: { alg: 'RS256' },
      headerB64: parts[0],
      payload: { sub: 's' },
      payloadB64: parts[1],
      signatureB64: parts[2],
      signatureBytes: 9,
    });
    for (const text of [
      '',
      parts[0],
      parts.slice(0, 2).join('.'),
      [...parts, 'AA'].join('.'),
      `${parts.join('.')}.`,
      // Nobody has signed it.
      `${parts.slice(0, 2).join('.')}.`,
    ])
      expect(codeOf(() => decodeUnverified(text as string))).toBe('TOKEN_MALFORMED');
  });

  const NOT_UTF8 = Buffer.from('{"a":"\xff"}', 'latin1');

  it.each(['', 'x', '5', '"text"', 'null', '[]', '{"a":1', '\ufeff{}', NOT_UTF8])(
    'are JSON objects in UTF-8: not %p',
    (payload) => {
      const token = [encode('{}'), encode(payload), encode('signature')].join('.');
      expect(codeOf(() => decodeUnverified(token))).toBe('TOKEN_MALFORMED');
    },
  );

  it('say why they cannot be read', () => {
    try {
      decodeUnverified([encode('{}'), encode('x'), encode('s')].join('.'));
    } catch (error) {
      expect((error as Error).cause).toBeInstanceOf(SyntaxError);
    }
    expect.assertions(1);
  });
});

describe('decoding', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const isCanonical = (part: string) => Buffer.from(part, 'base64url').toString('base64url') === part;
  const takes = (token: string) => {
    try {
      return decodeUnverified(token);
    } catch (error) {
      expect(error).toMatchObject({ code: 'TOKEN_MALFORMED' });
      return null;
    }
  };
  const character = fc.constantFrom(...alphabet, '.', '=', '+', '/', ' ', '\n', 'é', '');

  it('takes a signature in its canonical spelling only, of any length', () => {
    fc.assert(
      fc.property(fc.array(character, { maxLength: 12 }), (characters) => {
        const signature = characters.join('');
        const taken = takes(`e30.e30.${signature}`);
        expect(taken !== null).toBe(signature !== '' && isCanonical(signature));
        if (taken) expect(taken.signatureBytes).toBe(Buffer.from(signature, 'base64url').length);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes a payload in its canonical spelling only', () => {
    fc.assert(
      fc.property(fc.json(), character, (json, end) => {
        const payload = `${encode(json)}${end}`;
        const value: unknown = JSON.parse(json);
        const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
        const taken = takes(`e30.${payload}.AA`);
        if (taken) expect(isCanonical(payload)).toBe(true);
        if (end === '') expect(taken !== null).toBe(isObject);
      }),
    );
  });

  it.each([
    '{"__proto__":{"admin":true},"a":1}',
    '{"\\u005f_proto__":{"admin":true},"a":1}',
    '{"constructor":{"prototype":{}},"a":1}',
    '{"\\u0063onstructor":1,"a":1}',
    '{"constructor":1,"a":null}',
  ])('reads %s as the library does: without it', (json) => {
    const taken = decodeUnverified(`e30.${encode(json)}.AA`);
    expect(Object.getOwnPropertyNames(taken.payload)).toEqual(['a']);
    expect(taken).toMatchObject(decomposeUnverifiedJwt(`e30.${encode(json)}.AA`));
  });
});

describe('a header', () => {
  const judged = (header: Record<string, unknown>, signatureBytes = 256) =>
    codeOf(() => assertHeader({ ...UNREAD, header: { alg: 'RS256', kid: 'k', ...header }, signatureBytes }));

  it.each(ALGORITHMS)('names an algorithm: %s, with signatures of its length', (alg) => {
    const bytes = SIGNATURE_BYTES[alg];
    expect(judged({ alg }, bytes ?? 256)).toBeNull();
    expect(judged({ alg }, (bytes ?? 256) + 1)).toBe(bytes === undefined ? null : 'TOKEN_SIGNATURE');
  });

  it.each([undefined, null, 5, 'none', 'HS256', 'PS256', 'rs256', 'toString', ['RS256']])('not %p', (alg) => {
    expect(judged({ alg })).toBe('TOKEN_ALGORITHM');
  });

  it.each(['JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/jwt', 'application/at+jwt'])(
    'has a type: %s',
    (typ) => {
      expect(judged({ typ })).toBeNull();
    },
  );

  it.each([null, 5, '', 'dpop+jwt', 'logout+jwt', ['JWT']])('not %p', (typ) => {
    expect(judged({ typ })).toBe('TOKEN_MALFORMED');
  });

  it.each(['crit', 'b64', 'cty'])('asks for nothing that is not understood here: %s', (name) => {
    for (const value of [[], ['exp'], false, 'JWT', null])
      expect(judged({ [name]: value })).toBe('TOKEN_MALFORMED');
  });

  it('names a key, in no more characters than are sensible', () => {
    expect(judged({ kid: 'k'.repeat(256) })).toBeNull();
    for (const kid of [undefined, null, 5, '', 'k'.repeat(257)])
      expect(judged({ kid })).toBe('TOKEN_KEY_UNKNOWN');
  });
});

describe('a lifetime and a subject', () => {
  const judged = (claims: Record<string, unknown>) =>
    codeOf(() => assertLifetimeAndSubject({ ...UNREAD, payload: { sub: 's', exp: 101, ...claims } }, 100));

  it('is judged to the second', () => {
    expect(judged({})).toBeNull();
    expect(judged({ exp: 100 })).toBe('TOKEN_EXPIRED');
    expect(judged({ nbf: 100 })).toBeNull();
    expect(judged({ nbf: 101 })).toBe('TOKEN_NOT_YET_VALID');
  });

  it.each([undefined, null, '101', Number.POSITIVE_INFINITY, Number.NaN])('does not end at %p', (exp) => {
    expect(judged({ exp })).toBe('TOKEN_CLAIMS');
  });

  it.each([undefined, '', 5, null, ['s']])('is nobody’s: %p', (sub) => {
    expect(judged({ sub })).toBe('TOKEN_CLAIMS');
  });

  it.each([null, '1', [1]])('does not begin at %p', (nbf) => {
    expect(judged({ nbf })).toBe('TOKEN_NOT_YET_VALID');
  });
});

describe('claims', () => {
  const judged = (payload: Record<string, unknown>) =>
    codeOf(() => assertRegisteredTypes({ ...UNREAD, payload }));

  it('have the types that they are registered with, or are absent', () => {
    expect(judged({})).toBeNull();
    const texts = { iss: 'i', sub: 's', jti: 'j', scope: 'a b' };
    for (const aud of ['a', ['a', 'b'], []])
      expect(judged({ ...texts, iat: 1.5, aud, other: [1] })).toBeNull();
  });

  it.each<[string, unknown]>([
    ...['iss', 'sub', 'jti', 'scope'].flatMap((name) =>
      [5, ['a'], null].map((value): [string, unknown] => [name, value]),
    ),
    ...['1', null, [1], Number.NaN, Number.POSITIVE_INFINITY].map((value): [string, unknown] => [
      'iat',
      value,
    ]),
    ...[5, null, ['a', 1], [1, 'a'], { a: 1 }].map((value): [string, unknown] => ['aud', value]),
  ])('have no other: %s %j', (name, value) => {
    expect(judged({ [name]: value })).toBe('TOKEN_MALFORMED');
  });
});

describe('a key', () => {
  const modulus = (bits: number) => {
    const bytes = Buffer.alloc(Math.ceil(bits / 8), 0xff);
    bytes[0] = 0xff >> (bytes.length * 8 - bits);
    return bytes;
  };
  const judged = (alg: unknown, key: object) => codeOf(() => assertKeyFits(alg, key as never));

  it.each(ALGORITHMS)('for %s is for no other kind', (alg) => {
    for (const other of ALGORITHMS) {
      const fits = KEYS[alg].kty === KEYS[other].kty && (alg.startsWith('RS') || alg === other);
      expect([other, judged(alg, KEYS[other])]).toEqual([other, fits ? null : 'TOKEN_ALGORITHM']);
    }
  });

  it.each([5, 'none', 'toString', ['RS256']])('is for no %p', (alg) => {
    expect(judged(alg, KEYS.RS256)).toBe('TOKEN_ALGORITHM');
    expect(judged(alg, {})).toBe('TOKEN_ALGORITHM');
  });

  it('of no kind is for nothing', () => {
    expect(judged('RS256', {})).toBe('TOKEN_ALGORITHM');
  });

  it.each([
    [2048, null],
    [2049, null],
    [4096, null],
    [2047, 'TOKEN_ALGORITHM'],
    [2041, 'TOKEN_ALGORITHM'],
    [2040, 'TOKEN_ALGORITHM'],
    [1024, 'TOKEN_ALGORITHM'],
  ])('of RSA with %d bits: %p', (bits, code) => {
    expect(judged('RS256', { kty: 'RSA', n: encode(modulus(bits)) })).toBe(code);
    // Zeros in front make it no longer.
    const padded = Buffer.concat([Buffer.alloc(256), modulus(bits)]);
    expect(judged('RS256', { kty: 'RSA', n: encode(padded) })).toBe(code);
  });

  it('of RSA with no bits at all', () => {
    for (const n of ['', encode(Buffer.alloc(512))])
      expect(judged('RS256', { kty: 'RSA', n })).toBe('TOKEN_ALGORITHM');
  });

  it('is measured only if it is of RSA, and has a curve only if it is not', () => {
    expect(judged('ES256', { ...KEYS.ES256, n: 'AA' })).toBeNull();
    expect(judged('RS256', { ...KEYS.RS256, crv: 'P-256' })).toBeNull();
  });

  it.each([
    [['verify'], null],
    [['sign', 'verify'], null],
    [['sign'], 'TOKEN_ALGORITHM'],
    [[], 'TOKEN_ALGORITHM'],
    ['verify', 'TOKEN_ALGORITHM'],
    [null, 'TOKEN_ALGORITHM'],
  ])('for %p: %p', (key_ops, code) => {
    expect(judged('RS256', { ...KEYS.RS256, key_ops })).toBe(code);
  });
});
