/** A secret of Secrets Manager; a chunk of its own in every bundle that reads one. */

import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CLIENT_SETTINGS, regionOf, SECRET_AGE_SECONDS } from './aws-client.ts';
import type { ReadSecret } from './lazy-key-ring.ts';

export function openSecretsManager(arn: string): ReadSecret {
  const client = new SecretsManagerClient({ ...CLIENT_SETTINGS, region: regionOf(arn) });
  const provider = new SecretsProvider({ awsSdkV3Client: client });
  return (forceFetch) => provider.get(arn, { maxAge: SECRET_AGE_SECONDS, forceFetch });
}
