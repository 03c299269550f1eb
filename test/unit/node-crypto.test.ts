import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fetch } from 'aws-jwt-verify/https';
import { nodeWebCompat } from '../../shared/token/node-crypto.ts';
import { ROOT } from '../support/bundles.ts';

const LIBRARY = join(ROOT, 'node_modules', 'aws-jwt-verify', 'dist', 'esm', 'node-web-compat-node.js');
const { nodeWebCompat: theirs } = (await import(LIBRARY)) as { nodeWebCompat: typeof nodeWebCompat };

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = (namedCurve: string) => () => generateKeyPairSync('ec', { namedCurve });
const KEYS: [alg: string, digest: string | null, () => { publicKey: KeyObject; privateKey: KeyObject }][] = [
  ['RS256', 'sha256', rsa],
  ['RS384', 'sha384', rsa],
  ['RS512', 'sha512', rsa],
  ['ES256', 'sha256', ec('P-256')],
  ['ES384', 'sha384', ec('P-384')],
  ['ES512', 'sha512', ec('P-521')],
  ['EdDSA', null, () => generateKeyPairSync('ed25519')],
];
/** The library throws for an elliptic signature of another length; `strict.ts` refuses that before. */
function isTakenByTheirs(check: Parameters<typeof theirs.verifySignatureSync>[0]): boolean {
  try {
    return theirs.verifySignatureSync(check);
  } catch {
    return false;
  }
}

const INPUT = 'aGVhZGVy.cGF5bG9hZA';

it('is what the library verifies with in these tests, as in the bundles', () => {
  expect(() => fetch('https://example.com')).toThrow('keys are fetched by shared/token/keys.ts');
});

describe.each(KEYS)('%s', (alg, digest, generate) => {
  const { publicKey, privateKey } = generate();
  const keyObject = nodeWebCompat.transformJwkToKeyObjectSync(publicKey.export({ format: 'jwk' }));
  const signed = (options: object = {}) =>
    sign(digest, Buffer.from(INPUT), { key: privateKey, dsaEncoding: 'ieee-p1363', ...options });
  const both = (signature: Buffer, of = {}) => {
    const check = {
      alg,
      keyObject,
      jwsSigningInput: INPUT,
      signature: signature.toString('base64url'),
      ...of,
    };
    return [nodeWebCompat.verifySignatureSync(check), isTakenByTheirs(check)];
  };

  it('takes what is signed', async () => {
    expect(both(signed())).toEqual([true, true]);
    const signature = signed().toString('base64url');
    const check = { alg, keyObject, jwsSigningInput: INPUT, signature };
    await expect(nodeWebCompat.verifySignatureAsync(check)).resolves.toBe(true);
  });

  it('refuses what is not: another input, another key, a bit changed, a byte less or more', () => {
    const signature = signed();
    const changed = Buffer.from(signature);
    changed[10] = (changed[10] as number) ^ 1;
    expect(both(signature, { jwsSigningInput: `${INPUT}A` })).toEqual([false, false]);
    expect(both(signature, { keyObject: generate().publicKey })).toEqual([false, false]);
    expect(both(changed)).toEqual([false, false]);
    expect(both(signature.subarray(1))).toEqual([false, false]);
    expect(both(Buffer.concat([signature, Buffer.alloc(1)]))).toEqual([false, false]);
  });

  it('refuses the same signature in another form', () => {
    const form = alg.startsWith('RS') ? { padding: constants.RSA_PKCS1_PSS_PADDING } : { dsaEncoding: 'der' };
    if (alg !== 'EdDSA') expect(both(signed(form))).toEqual([false, false]);
  });
});

it.each(['none', 'HS256', 'PS256', '__proto__', 'constructor', ''])('knows no algorithm %p', (alg) => {
  const { publicKey } = rsa();
  const check = { alg, keyObject: publicKey, jwsSigningInput: INPUT, signature: 'AAAA' };
  expect(() => nodeWebCompat.verifySignatureSync(check)).toThrow('no such algorithm');
});

describe('what else the library asks of Node', () => {
  it('is text from base64url', () => {
    const text = Buffer.from('{"a":"é"}').toString('base64url');
    expect(nodeWebCompat.parseB64UrlString(text)).toBe('{"a":"é"}');
    expect(theirs.parseB64UrlString(text)).toBe('{"a":"é"}');
  });

  it('is a key from its JWK, later too', async () => {
    const { publicKey } = rsa();
    const key = await nodeWebCompat.transformJwkToKeyObjectAsync(publicKey.export({ format: 'jwk' }));
    expect(key.equals(publicKey)).toBe(true);
  });

  it('is a timer that keeps no process alive', async () => {
    let acted = false;
    const timer = nodeWebCompat.setTimeoutUnref(() => {
      acted = true;
    }, 1);
    expect(timer.hasRef()).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(acted).toBe(true);
  });

  it('are time limits, though nothing is fetched with them', () => {
    expect(nodeWebCompat.defaultFetchTimeouts).toEqual(theirs.defaultFetchTimeouts);
  });
});
