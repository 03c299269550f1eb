/** The bearer token in an Authorization header (RFC 6750 2.1). */

import { TokenError } from './errors.ts';

/** API Gateway passes on 10,240 bytes of headers at the most (quotas page). */
const MAX_HEADER_CHARACTERS = 10_240;

// `$` without the `m` flag is the very end: no trailing newline gets by.
const BEARER = /^bearer +([A-Za-z0-9_.-]+)$/i;

/** The token in the header's value. Throws `TOKEN_MISSING` without one, `TOKEN_MALFORMED` for any other form. */
export function bearerToken(header: string | null): string {
  if (header === null || header === '') throw new TokenError('TOKEN_MISSING');
  const token = header.length > MAX_HEADER_CHARACTERS ? undefined : BEARER.exec(header)?.[1];
  if (token === undefined) throw new TokenError('TOKEN_MALFORMED');
  return token;
}
