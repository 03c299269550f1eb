/** The user pool's client; a chunk of its own in the bundles that link. */

import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { cognitoDirectory } from '../linking/cognito.ts';
import type { Directory } from '../linking/ports.ts';
import { CLIENT_SETTINGS } from './aws-client.ts';

export function openCognito(): Directory {
  return cognitoDirectory(new CognitoIdentityProviderClient(CLIENT_SETTINGS));
}
