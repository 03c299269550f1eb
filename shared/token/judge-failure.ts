/** What a failed verification means: the token is refused, or we could not tell. */

import {
  CognitoJwtInvalidClientIdError,
  CognitoJwtInvalidTokenUseError,
  JwkInvalidKtyError,
  JwkInvalidUseError,
  JwtBaseError,
  JwtExpiredError,
  JwtInvalidAudienceError,
  JwtInvalidClaimError,
  JwtInvalidIssuerError,
  JwtInvalidSignatureAlgorithmError,
  JwtInvalidSignatureError,
  JwtNotBeforeError,
  JwtParseError,
  JwtWithoutValidKidError,
  KidNotFoundInJwksError,
} from 'aws-jwt-verify/error';
import { KeysUnavailableError, TokenError, type TokenErrorCode } from './errors.ts';

/** The library's errors that say something of the token. All others, fetch failures too, are ours. */
const REFUSALS: [abstract new (...args: never[]) => Error, TokenErrorCode][] = [
  [JwtParseError, 'TOKEN_MALFORMED'],
  [JwtExpiredError, 'TOKEN_EXPIRED'],
  [JwtNotBeforeError, 'TOKEN_NOT_YET_VALID'],
  [JwtInvalidIssuerError, 'TOKEN_ISSUER'],
  [JwtInvalidAudienceError, 'TOKEN_AUDIENCE'],
  [CognitoJwtInvalidClientIdError, 'TOKEN_AUDIENCE'],
  [CognitoJwtInvalidTokenUseError, 'TOKEN_USE'],
  [JwtInvalidClaimError, 'TOKEN_CLAIMS'],
  [JwtInvalidSignatureError, 'TOKEN_SIGNATURE'],
  [JwtInvalidSignatureAlgorithmError, 'TOKEN_ALGORITHM'],
  [JwtWithoutValidKidError, 'TOKEN_KEY_UNKNOWN'],
  [KidNotFoundInJwksError, 'TOKEN_KEY_UNKNOWN'],
  // The token named a key that is not for signatures.
  [JwkInvalidUseError, 'TOKEN_ALGORITHM'],
  [JwkInvalidKtyError, 'TOKEN_ALGORITHM'],
];

/** `TokenError` for a token that is refused; anything else must become a 500. */
export function judgeFailure(error: unknown): Error {
  const refusal = REFUSALS.find(([type]) => error instanceof type);
  if (refusal) return new TokenError(refusal[1], { cause: error });
  if (error instanceof JwtBaseError) return new KeysUnavailableError('no usable keys', { cause: error });
  return error instanceof Error ? error : new Error('verification failed', { cause: error });
}
