/** A parameter of SSM; a chunk of its own in every bundle that reads one. */

import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { SSMClient } from '@aws-sdk/client-ssm';
import { CLIENT_SETTINGS, regionOf, SECRET_AGE_SECONDS } from './aws-client.ts';
import type { ReadSecret } from './lazy-key-ring.ts';

export function openParameter(arn: string): ReadSecret {
  const client = new SSMClient({ ...CLIENT_SETTINGS, region: regionOf(arn) });
  const provider = new SSMProvider({ awsSdkV3Client: client });
  return (forceFetch) => provider.get(arn, { maxAge: SECRET_AGE_SECONDS, decrypt: true, forceFetch });
}
