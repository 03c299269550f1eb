/** What AWS's errors say: in a word, and about a write: not now, perhaps, or no. */

interface ServiceError extends Error {
  $fault?: 'client' | 'server';
  $metadata?: { httpStatusCode?: number };
}

/**
 * An error's name, or its code where that says more (`ECONNREFUSED`). Never its message: AWS's hold ARNs of whoever asks,
 * others may quote what was sent.
 */
export function reasonOf(error: unknown): string {
  const { name, code } = error as { name?: string; code?: string };
  return name === 'Error' || name === undefined ? (code ?? 'no answer') : name;
}

/** Not taken, and nothing is wrong with it: read again, and try again. */
export function isAgain(error: unknown): boolean {
  const { name } = error as ServiceError;
  return [
    'ConcurrentModificationException',
    'TooManyRequestsException',
    'ThrottlingException',
    'LimitExceededException',
    'ResourceConflictException',
    'PreconditionFailedException',
  ].includes(name);
}

/** It may have arrived: no answer, or AWS's own failure. */
export function isUncertain(error: unknown): boolean {
  const { $fault: fault, $metadata: metadata } = error as ServiceError;
  const status = metadata?.httpStatusCode;
  return (
    fault === 'server' || (status !== undefined && status >= 500) || (status === undefined && !isOurs(error))
  );
}

/** Errors that are made before anything is sent: no credentials, a bug. */
function isOurs(error: unknown): boolean {
  const { name } = error as ServiceError;
  return name === 'CredentialsProviderError' || error instanceof TypeError || error instanceof RangeError;
}

/** How to get on from an error of AWS, for those that attaching meets (contracts E4). */
const HINTS: Record<string, string> = {
  AccessDeniedException: 'the caller needs the permission that AWS names (docs/attach.md, "Permissions")',
  NotAuthorizedException: 'the caller needs the permission that AWS names (docs/attach.md, "Permissions")',
  ConcurrentModificationException: 'somebody else is writing to the pool; try again',
  CredentialsProviderError: 'give AWS credentials: --profile, or the environment',
  FeatureUnavailableInTierException:
    'the pool’s tier lacks a feature that is set; --pre-token-version V1_0 works on every tier',
  HiddenEnvironment: 'the caller needs kms:Decrypt for the key of the function’s environment',
  InvalidEmailRoleAccessPolicyException:
    'the pool’s SES identity or its policy is broken, which blocks every update; mend that first',
  InvalidSmsRoleAccessPolicyException:
    'the pool’s SMS role is broken, which blocks every update; mend that first',
  InvalidSmsRoleTrustRelationshipException:
    'the pool’s SMS role is broken, which blocks every update; mend that first',
  OperationNotEnabledException:
    'this is a secondary Region, where the setting cannot be written; write in the primary',
  ResourceNotFoundException: 'check the id, and choose the account and Region with --profile and --region',
  TierChangeNotAllowedException: 'AWS takes the write for a change of tier; look at the pool’s UserPoolTier',
  TooManyRequestsException: 'AWS throttles this account; wait, and try again',
  UserImportInProgressException: 'an import of users is running; try again when it has ended',
};

/** Null for what is no answer of AWS's, of what talks to it, or of the file system: a mistake of ours. */
export function hintOf(error: unknown): string | null {
  const { name, $metadata: metadata } = error as ServiceError;
  const { code, path } = error as { code?: unknown; path?: unknown };
  if (path !== undefined) return 'the folder of the backups cannot be used; give another with --backups';
  return HINTS[name] ?? (metadata || code !== undefined ? 'look at what AWS says, and try again' : null);
}
