/** A user pool's groups in Cognito. Import it lazily: the client is large. */

import {
  AdminAddUserToGroupCommand,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { GroupError, type Groups } from './ports.ts';

/** `client` makes one attempt: who adds knows how long to go on. `limitMs`: for one call, its answer included. */
export function cognitoGroups(client: CognitoIdentityProviderClient, limitMs: number): Groups {
  return {
    add: async ({ pool, username }, group) => {
      const request = new AdminAddUserToGroupCommand({
        UserPoolId: pool,
        Username: username,
        GroupName: group,
      });
      await client.send(request, { abortSignal: AbortSignal.timeout(limitMs) }).catch((cause: unknown) => {
        throw new GroupError(codeOf(cause), { cause });
      });
    },
  };
}

function codeOf(error: unknown): GroupError['code'] {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  if (name === 'UserNotFoundException') return 'GROUP_USER_GONE';
  if (name === 'TooManyRequestsException' || name === 'ThrottlingException' || status === 429)
    return 'GROUP_THROTTLED';
  return status >= 400 && status < 500 ? 'GROUP_REFUSED' : 'GROUP_UNREACHABLE';
}
