/** The Cognito client; a chunk of its own in every bundle that adds users to groups. */

import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { cognitoGroups } from '../onboarding/cognito-groups.ts';
import type { Groups } from '../onboarding/ports.ts';
import { GROUP_CALL_LIMIT_MS, ONE_ATTEMPT } from './aws-client.ts';

export function openGroups(): Groups {
  return cognitoGroups(new CognitoIdentityProviderClient(ONE_ATTEMPT), GROUP_CALL_LIMIT_MS);
}
