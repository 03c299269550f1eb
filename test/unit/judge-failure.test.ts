import { describe, expect, it } from '@jest/globals';
import * as library from 'aws-jwt-verify/error';
import { KeysUnavailableError, TokenError } from '../../shared/token/errors.ts';
import { judgeFailure } from '../../shared/token/judge-failure.ts';

describe('what a failed verification means', () => {
  it.each<[string, Error]>([
    ['TOKEN_MALFORMED', new library.JwtParseError('x')],
    ['TOKEN_EXPIRED', new library.JwtExpiredError('x', 1, '2')],
    ['TOKEN_NOT_YET_VALID', new library.JwtNotBeforeError('x', 1, '2')],
    ['TOKEN_ISSUER', new library.JwtInvalidIssuerError('x', 1, '2')],
    ['TOKEN_AUDIENCE', new library.JwtInvalidAudienceError('x', 1, '2')],
    ['TOKEN_AUDIENCE', new library.CognitoJwtInvalidClientIdError('x', 1, '2')],
    ['TOKEN_USE', new library.CognitoJwtInvalidTokenUseError('x', 1, '2')],
    ['TOKEN_CLAIMS', new library.JwtInvalidScopeError('x', 1, '2')],
    ['TOKEN_SIGNATURE', new library.JwtInvalidSignatureError('x')],
    ['TOKEN_ALGORITHM', new library.JwtInvalidSignatureAlgorithmError('x', 1, '2')],
    ['TOKEN_KEY_UNKNOWN', new library.JwtWithoutValidKidError('x')],
    ['TOKEN_KEY_UNKNOWN', new library.KidNotFoundInJwksError('x')],
    ['TOKEN_ALGORITHM', new library.JwkInvalidUseError('x', 1, '2')],
    ['TOKEN_ALGORITHM', new library.JwkInvalidKtyError('x', 1, '2')],
  ])('%s: %s', (code, error) => {
    const judged = judgeFailure(error);
    expect(judged).toBeInstanceOf(TokenError);
    expect(judged).toMatchObject({ code, message: code, cause: error });
  });

  it.each<[string, Error]>([
    ['a fetch that failed', new library.FetchError('https://x', 'y')],
    ['a pause that has not ended', new library.WaitPeriodNotYetEndedJwkError('x')],
    ['keys that are none', new library.JwksValidationError('x')],
    ['a key that is none', new library.JwkValidationError('x')],
    ['an assertion about a key', new library.FailedAssertionError('x', 1, '2')],
  ])('could not tell, for %s', (_, error) => {
    const judged = judgeFailure(error);
    expect(judged).toBeInstanceOf(KeysUnavailableError);
    expect(judged).toMatchObject({ code: 'KEYS_UNAVAILABLE', message: 'no usable keys', cause: error });
  });

  it.each<[string, Error]>([
    ['a refusal of ours', new TokenError('TOKEN_USE')],
    ['keys that could not be had', new KeysUnavailableError('x')],
    ['a mistake of ours', new TypeError('x')],
  ])('is itself, for %s', (_, error) => {
    expect(judgeFailure(error)).toBe(error);
  });

  it('is an error also where something else was thrown', () => {
    expect(judgeFailure('x')).toMatchObject({
      name: 'Error',
      message: 'verification failed',
      cause: 'x',
    });
  });
});
