import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { parseCodeKeys } from '../../shared/sign-in/code-keys.ts';
import {
  hashOf,
  isSameHash,
  newCode,
  newId,
  newLinkSecret,
  type Purpose,
} from '../../shared/sign-in/hash.ts';

const key = (bytes = 32, form: 'base64' | 'base64url' = 'base64') => randomBytes(bytes).toString(form);

describe('the secret with the keys', () => {
  it.each([
    ['without a previous key', { names: key(), current: { id: 'a', key: key() } }],
    ['with one', { names: key(), current: { id: 'b', key: key() }, previous: { id: 'a', key: key() } }],
    ['with none', { names: key(), current: { id: '2026-11', key: key(64, 'base64url') }, previous: null }],
    ['with members of its owner', { names: key(), current: { id: 'a', key: key() }, note: 'x' }],
  ])('is read %s', (_, secret) => {
    const keys = parseCodeKeys(JSON.stringify(secret));
    expect(keys.current.id).toBe(secret.current.id);
    expect(keys.current.key.length).toBeGreaterThanOrEqual(32);
    expect(keys.previous?.id ?? null).toBe(('previous' in secret ? secret.previous?.id : null) ?? null);
  });

  const right = { names: key(), current: { id: 'a', key: key() } };
  it.each<[string, unknown]>([
    ['no JSON', 'hunter2'],
    ['a text', '"hunter2"'],
    ['a list', '[]'],
    ['nothing', ''],
    ['no key for names', { current: right.current }],
    ['no current key', { names: key() }],
    ['a key of 31 bytes', { ...right, current: { id: 'a', key: key(31) } }],
    ['a short key for names', { ...right, names: key(16) }],
    ['a short previous key', { ...right, previous: { id: 'b', key: key(8) } }],
    ['a key that is a number', { ...right, current: { id: 'a', key: 1 } }],
    ['a key that is no base64', { ...right, current: { id: 'a', key: `${'x'.repeat(60)} !` } }],
    ['an id that is no name', { ...right, current: { id: 'a b', key: key() } }],
    ['no id', { ...right, current: { key: key() } }],
  ])('is refused, and not quoted: %s', (_, secret) => {
    const text = typeof secret === 'string' ? secret : JSON.stringify(secret);
    let thrown: unknown;
    try {
      parseCodeKeys(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name: 'KeyError', code: 'OTP_KEY_MALFORMED' });
    expect(`${String(thrown)} ${String((thrown as Error).cause)}`).not.toContain('hunter2');
  });
});

describe('codes', () => {
  it.each([6, 8, 12])('have %i digits, each as likely as any other', (digits) => {
    const counts = Array.from({ length: digits }, () => Array<number>(10).fill(0));
    const RUNS = 20_000;
    for (let run = 0; run < RUNS; run++) {
      const code = newCode(digits);
      expect(code.length).toBe(digits);
      for (const [place, digit] of [...code].entries()) {
        const at = counts[place] as number[];
        at[Number(digit)] = (at[Number(digit)] ?? 0) + 1;
      }
    }
    // Chi-squared with 9 degrees of freedom: over 40 once in 100,000 runs.
    for (const at of counts) {
      const squared = at.reduce((sum, count) => sum + (count - RUNS / 10) ** 2 / (RUNS / 10), 0);
      expect(squared).toBeLessThan(40);
    }
  });

  it('and links and ids do not come again', () => {
    for (const make of [newLinkSecret, newId, () => newCode(12)])
      expect(new Set(Array.from({ length: 1000 }, make)).size).toBe(1000);
  });
});

describe('a hash', () => {
  const purpose: Purpose = {
    slot: 'code',
    pool: 'p',
    user: 'u',
    address: 'a@b.example',
    client: 'c',
    session: 's',
  };
  const secretKey = randomBytes(32);

  it('is another for another purpose, secret or key', () => {
    const hashes = [
      hashOf(secretKey, purpose, '1'),
      hashOf(secretKey, purpose, '2'),
      hashOf(randomBytes(32), purpose, '1'),
      ...(Object.keys(purpose) as (keyof Purpose)[]).map((name) =>
        hashOf(secretKey, { ...purpose, [name]: name === 'slot' ? 'link' : 'x' }, '1'),
      ),
      // What stands beside what cannot be shifted.
      hashOf(secretKey, { ...purpose, client: 'c","s', session: '' }, '1'),
      hashOf(secretKey, { ...purpose, client: '', session: 'cs' }, '1'),
      hashOf(secretKey, { ...purpose, address: null }, '1'),
      hashOf(secretKey, { ...purpose, address: 'null' }, '1'),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hashOf(secretKey, purpose, '1')).toBe(hashes[0]);
  });

  it('is compared whole', () => {
    const hash = hashOf(secretKey, purpose, '1');
    expect(isSameHash(hash, hash)).toBe(true);
    expect(isSameHash(hash, `${hash.slice(0, -1)}x`)).toBe(false);
    expect(isSameHash(hash, hash.slice(0, -1))).toBe(false);
    expect(isSameHash(hash, '')).toBe(false);
  });
});
