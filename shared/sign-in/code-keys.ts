/** The keys of the hashes, as the secret of `OTP_KEY_ID` holds them (docs/sign-in.md, "The key"). */

export interface CodeKey {
  id: string;
  key: Uint8Array;
}

export interface CodeKeys {
  /** For user names. It is not rotated with the others: what is kept of a user would be lost. */
  names: Uint8Array;
  /** What is made now is hashed with this. */
  current: CodeKey;
  /** What was made before the last rotation; null if there was none. */
  previous: CodeKey | null;
}

export interface KeyRing {
  /** `fresh`: not from memory. Throws `KeyError`. */
  load: (fresh?: boolean) => Promise<CodeKeys>;
}

/** There are no keys to be had, so there is nothing to sign in with. Never quotes the secret. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
  readonly code: 'OTP_KEY_UNAVAILABLE' | 'OTP_KEY_MALFORMED';

  constructor(code: KeyError['code'], options?: ErrorOptions) {
    super('the keys for codes cannot be had', options);
    this.code = code;
  }
}

/** As long as the hash (RFC 2104, 3). */
const LEAST_BYTES = 32;

/** JSON: `{"names": KEY, "current": {"id", "key": KEY}, "previous": {...}}`, each KEY base64. Throws `KeyError`. */
export function parseCodeKeys(text: string): CodeKeys {
  const { names, current, previous } = objectOf(parseJson(text));
  return {
    names: keyOf(names),
    current: codeKeyOf(current),
    previous: previous === undefined || previous === null ? null : codeKeyOf(previous),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own error quotes what it could not read.
    throw malformed();
  }
}

function codeKeyOf(value: unknown): CodeKey {
  const { id, key } = objectOf(value);
  if (typeof id !== 'string' || !/^[\w.-]{1,64}$/.test(id)) throw malformed();
  return { id, key: keyOf(key) };
}

function keyOf(value: unknown): Uint8Array {
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(value)) throw malformed();
  const key = Buffer.from(value, 'base64');
  if (key.length < LEAST_BYTES) throw malformed();
  return key;
}

function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed();
  return value as Record<string, unknown>;
}

function malformed(): KeyError {
  return new KeyError('OTP_KEY_MALFORMED');
}
