/** `JWKS` and `keys.json`: verification keys that are known before the first token. */

import { isJwks, type Jwks } from 'aws-jwt-verify/jwk';
import type { EnvReader } from './env.ts';

/**
 * Primed keys by issuer. One bare JWKS needs one pool or issuer to belong to: keys of one must never verify the
 * tokens of another. `accepted`: for each pool both its issuers, for each other issuer itself.
 */
export function readKeys(reader: EnvReader, embedded: unknown, accepted: string[][]): Map<string, Jwks> {
  const given = reader.json('JWKS');
  const source = given ?? embedded;
  if (source === null) return new Map();
  const name = given === null ? 'keys.json' : 'JWKS';
  const fail = (expected: string) => reader.problem(name, expected, new Map<string, Jwks>());
  if (isJwks(source as never)) {
    const [only] = accepted;
    if (accepted.length !== 1 || !only)
      return fail('must be {issuer: JWKS} where there is more than one issuer');
    return new Map(only.map((issuer) => [issuer, source as unknown as Jwks]));
  }
  const entries = Object.entries(typeof source === 'object' && !Array.isArray(source) ? source : {});
  if (entries.length === 0 || !entries.every(([, jwks]) => isJwks(jwks)))
    return fail('must be a JWKS, or {issuer: JWKS}');
  const known = new Set(accepted.flat());
  // keys.json may hold another stage's pools; the variable is written for this function.
  if (given !== null && entries.some(([issuer]) => !known.has(issuer)))
    return fail('names an issuer that is not configured');
  return new Map(entries.filter(([issuer]) => known.has(issuer)) as [string, Jwks][]);
}
