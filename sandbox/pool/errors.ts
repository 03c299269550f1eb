/** What the pool refuses with: an error of the user pools API, by its name there. */

export type PoolErrorName =
  | 'CodeMismatchException'
  | 'ExpiredCodeException'
  | 'InvalidLambdaResponseException'
  | 'InvalidParameterException'
  | 'InvalidUserPoolConfigurationException'
  | 'LimitExceededException'
  | 'NotAuthorizedException'
  | 'PasswordResetRequiredException'
  | 'ResourceNotFoundException'
  | 'UnexpectedLambdaException'
  | 'UserLambdaValidationException'
  | 'UserNotConfirmedException'
  | 'UserNotFoundException'
  | 'UsernameExistsException';

export class PoolError extends Error {
  constructor(name: PoolErrorName, message: string) {
    super(message);
    this.name = name;
  }
}

/** Wrong passwords, failed challenges and, where the client hides who exists, unknown users: all read the same. */
export function incorrectUserOrPassword(): PoolError {
  return new PoolError('NotAuthorizedException', 'Incorrect username or password.');
}
