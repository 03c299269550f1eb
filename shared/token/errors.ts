/** The two ways in which a token can fail to be verified: it is bad (401), or we could not tell (500). */

/** The token is refused. The code is for the log; every caller sees the same 401. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly code: TokenErrorCode;

  constructor(code: TokenErrorCode, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
}

export type TokenErrorCode =
  | 'TOKEN_MISSING'
  | 'TOKEN_MALFORMED'
  | 'TOKEN_ALGORITHM'
  | 'TOKEN_KEY_UNKNOWN'
  | 'TOKEN_SIGNATURE'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_NOT_YET_VALID'
  | 'TOKEN_ISSUER'
  | 'TOKEN_AUDIENCE'
  | 'TOKEN_USE'
  | 'TOKEN_CLAIMS';

/** The keys to verify with could not be had: our failure, never the caller's. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
  readonly code = 'KEYS_UNAVAILABLE';
}
