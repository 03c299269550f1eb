/**
 * Stands in for aws-jwt-verify's own layer over Node (`#node-web-compat`): in the bundles by `scripts/build-plugins.ts`,
 * in the tests by `jest.config.mjs`. It computes the same; it differs in what that costs (docs/bench.md):
 * - `node:crypto` is loaded by the first verification, and without the costly look at every one of its exports;
 * - a signature is verified in one call, and an RSA key is passed by itself: wrapped in options, Node 24 takes 20 µs
 *   to find out what it was given;
 * - no `node:https` and no `node:stream`: keys are fetched by `keys.ts`.
 */

import type { JsonWebKey, KeyObject } from 'node:crypto';

/** RFC 7518 3.1, as OpenSSL names the digests; EdDSA has none. */
const DIGESTS: Readonly<Record<string, string>> = {
  RS256: 'RSA-SHA256',
  RS384: 'RSA-SHA384',
  RS512: 'RSA-SHA512',
  ES256: 'RSA-SHA256',
  ES384: 'RSA-SHA384',
  ES512: 'RSA-SHA512',
};

interface SignatureCheck {
  alg: string;
  keyObject: KeyObject;
  jwsSigningInput: string;
  signature: string;
}

let loaded: typeof import('node:crypto') | undefined;

function crypto(): typeof import('node:crypto') {
  loaded ??= process.getBuiltinModule('node:crypto');
  return loaded;
}

/** What the library calls; the name is its. */
export const nodeWebCompat = {
  fetch(): never {
    throw new Error('keys are fetched by shared/token/keys.ts');
  },
  transformJwkToKeyObjectSync: keyOf,
  transformJwkToKeyObjectAsync: async (jwk: JsonWebKey) => keyOf(jwk),
  parseB64UrlString: (text: string) => Buffer.from(text, 'base64').toString('utf8'),
  verifySignatureSync: isSignedBy,
  verifySignatureAsync: async (check: SignatureCheck) => isSignedBy(check),
  defaultFetchTimeouts: { socketIdle: 1500, response: 3000 },
  setTimeoutUnref: (act: () => void, afterMs: number) => setTimeout(act, afterMs).unref(),
};

function keyOf(jwk: JsonWebKey): KeyObject {
  return crypto().createPublicKey({ key: jwk, format: 'jwk' });
}

function isSignedBy({ alg, keyObject, jwsSigningInput, signature }: SignatureCheck): boolean {
  const digest = Object.hasOwn(DIGESTS, alg) ? (DIGESTS[alg] as string) : null;
  if (digest === null && alg !== 'EdDSA') throw new Error('no such algorithm');
  // RFC 7518 3.4: an elliptic signature is r and s in a row. RSA and EdDSA know one form only.
  const key = alg.startsWith('ES') ? { key: keyObject, dsaEncoding: 'ieee-p1363' as const } : keyObject;
  return crypto().verify(digest, Buffer.from(jwsSigningInput), key, Buffer.from(signature, 'base64'));
}
