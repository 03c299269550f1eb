/** What RFC 7515, 7519, 7518 and 8725 ask of a token before its signature is computed. */

import { TokenError } from './errors.ts';

/** Bound on what is decoded before the signature is known; RFC 8725 3.2 warns of work done for strangers. */
const MAX_KID_CHARACTERS = 256;

/** Token types that an API may take: a plain JWT or an access token (RFC 9068); not, say, a `logout+jwt`. */
const ACCEPTED_TYPES = new Set(['jwt', 'application/jwt', 'at+jwt', 'application/at+jwt']);

/** RFC 7518 3.1 and RFC 8037 3.1. The curve fixes the length of a signature; an RSA signature is as long as its key. */
const ALGORITHMS: Record<string, { kty: string; crv?: string; signatureBytes?: number }> = {
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256', signatureBytes: 64 },
  ES384: { kty: 'EC', crv: 'P-384', signatureBytes: 96 },
  ES512: { kty: 'EC', crv: 'P-521', signatureBytes: 132 },
  EdDSA: { kty: 'OKP', crv: 'Ed25519', signatureBytes: 64 },
};

/** The parts of a key that decide whether a token may be verified with it. */
export interface VerificationKey {
  kty: string;
  n?: string | undefined;
  crv?: string | undefined;
  key_ops?: unknown;
}

const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Three parts of base64url. A decoder takes `QQ` and `QR` for the same byte, so that one signature has many
 * spellings; here a last character passes only if its unused bits are zero (RFC 4648 3.5).
 */
const TOKEN = new RegExp(`^${Array(3).fill(base64urlPart()).join('\\.')}$`);

function base64urlPart(): string {
  return '((?:[\\w-]{4})*(?:[\\w-][AQgw]|[\\w-]{2}[AEIMQUYcgkosw048])?)';
}

/** A token's parts, not verified; as the library has them once it has decoded one, and the signature's length. */
export interface UnverifiedToken {
  header: Readonly<Record<string, unknown>>;
  headerB64: string;
  payload: Readonly<Record<string, unknown>>;
  payloadB64: string;
  signatureB64: string;
  signatureBytes: number;
}

/**
 * RFC 7515 2 and 7.1: three parts of base64url without padding, each in its canonical spelling. RFC 7519 7.2: UTF-8
 * and JSON objects. Does not verify anything. The one reading of a token: the library is given what this gives.
 */
export function decodeUnverified(token: string): UnverifiedToken {
  const [, headerB64 = '', payloadB64 = '', signatureB64 = ''] = TOKEN.exec(token) ?? [];
  if (signatureB64 === '') throw new TokenError('TOKEN_MALFORMED');
  return {
    header: jsonObject(headerB64),
    headerB64,
    payload: jsonObject(payloadB64),
    payloadB64,
    signatureB64,
    signatureBytes: Math.floor((signatureB64.length * 3) / 4),
  };
}

function jsonObject(base64url: string): Record<string, unknown> {
  try {
    const value = parseJson(STRICT_UTF8.decode(Buffer.from(base64url, 'base64url')));
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch (cause) {
    throw new TokenError('TOKEN_MALFORMED', { cause });
  }
  throw new TokenError('TOKEN_MALFORMED');
}

/** Without `__proto__` and `constructor`, as the library reads; a reviver is slow, so only where one may be meant. */
function parseJson(text: string): unknown {
  return /__proto__|constructor|\\/.test(text) ? JSON.parse(text, withoutPrototype) : JSON.parse(text);
}

function withoutPrototype(_name: string, value: unknown): unknown {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    Reflect.deleteProperty(value, '__proto__');
    Reflect.deleteProperty(value, 'constructor');
  }
  return value;
}

/** RFC 7515 4.1.11 (`crit`), 4.1.10 (`cty`), RFC 7797 (`b64`), RFC 8725 3.11 (`typ`). */
export function assertHeader({ header, signatureBytes }: UnverifiedToken): void {
  const { alg, crit, b64, cty, typ, kid } = header;
  const algorithm = algorithmOf(alg);
  if (!algorithm) throw new TokenError('TOKEN_ALGORITHM');
  // A signature of another length cannot be one, and crypto throws for it.
  if ((algorithm.signatureBytes ?? signatureBytes) !== signatureBytes)
    throw new TokenError('TOKEN_SIGNATURE');
  // No extension is understood here, so none that is critical may be processed.
  if (crit !== undefined || b64 !== undefined || cty !== undefined) throw new TokenError('TOKEN_MALFORMED');
  if (typ !== undefined && !(typeof typ === 'string' && ACCEPTED_TYPES.has(typ.toLowerCase()))) {
    throw new TokenError('TOKEN_MALFORMED');
  }
  if (typeof kid !== 'string' || kid === '' || kid.length > MAX_KID_CHARACTERS)
    throw new TokenError('TOKEN_KEY_UNKNOWN');
}

/**
 * RFC 7519 4.1.4: on or after `exp` a token is dead (the library lets the last second pass), and a token without
 * `exp` lives for ever, so none is taken. 4.1.5: not before `nbf`. A subject is what every decision is about.
 */
export function assertLifetimeAndSubject({ payload }: UnverifiedToken, nowSeconds: number): number {
  const { exp, nbf, sub } = payload;
  if (typeof exp !== 'number' || !Number.isFinite(exp)) throw new TokenError('TOKEN_CLAIMS');
  if (nowSeconds >= exp) throw new TokenError('TOKEN_EXPIRED');
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= nowSeconds))
    throw new TokenError('TOKEN_NOT_YET_VALID');
  if (typeof sub !== 'string' || sub === '') throw new TokenError('TOKEN_CLAIMS');
  return exp;
}

/** RFC 7519 4.1 and RFC 8693 4.2: registered claims have the types that they are registered with. */
export function assertRegisteredTypes({ payload }: UnverifiedToken): void {
  const { aud, iat } = payload;
  const texts = ['iss', 'sub', 'jti', 'scope'].every((name) => isTextOrAbsent(payload[name]));
  const moment = iat === undefined || (typeof iat === 'number' && Number.isFinite(iat));
  const audience = Array.isArray(aud) ? aud.every((each) => typeof each === 'string') : isTextOrAbsent(aud);
  if (!texts || !moment || !audience) throw new TokenError('TOKEN_MALFORMED');
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

/**
 * RFC 8725 3.1: a key is for one kind of algorithm. RFC 7518 3.3: RSA keys of 2048 bits or more. RFC 7517 4.3:
 * `key_ops`, where given, names what the key is for. Asked before anything is computed with the key.
 */
export function assertKeyFits(alg: unknown, key: VerificationKey): void {
  const algorithm = algorithmOf(alg);
  const sameKind =
    algorithm !== undefined &&
    algorithm.kty === key.kty &&
    (algorithm.crv === undefined || algorithm.crv === key.crv);
  // A key without its numbers is the library's to refuse: it is the issuer's fault and not the token's.
  const strong = key.kty !== 'RSA' || key.n === undefined || bitLength(key.n) >= 2048;
  const mayVerify =
    key.key_ops === undefined || (Array.isArray(key.key_ops) && key.key_ops.includes('verify'));
  if (!sameKind || !strong || !mayVerify) throw new TokenError('TOKEN_ALGORITHM');
}

function algorithmOf(alg: unknown) {
  return typeof alg === 'string' && Object.hasOwn(ALGORITHMS, alg) ? ALGORITHMS[alg] : undefined;
}

function bitLength(base64url: string): number {
  const bytes = Buffer.from(base64url, 'base64url');
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? 0 : (bytes.length - first) * 8 - (Math.clz32(bytes[first] as number) - 24);
}
