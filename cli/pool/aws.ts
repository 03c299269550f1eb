/** The services that the pool commands talk to, in one Region. Loads the SDK: import it lazily. */

import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { type DeployedStack, readStack } from '../../shared/pool/stack.ts';
import { awsClientConfig, type Limits } from '../aws-clients.ts';
import type { AwsOptions } from '../aws-options.ts';

export interface PoolAws {
  region: string;
  cognito: CognitoIdentityProviderClient;
  /** For what must not be sent twice: of one attempt. */
  cognitoOnce: CognitoIdentityProviderClient;
  lambda: LambdaClient;
  /** Only some commands ask it. */
  cloudWatch: () => Promise<CloudWatchClient>;
  stack: (name: string) => Promise<DeployedStack>;
}

/** AWS answers a write to a pool more slowly than a question. */
const WRITE: Limits = { attempts: 1, timeoutMs: 15_000 };

export function connect(options: AwsOptions, region: string): PoolAws {
  const config = awsClientConfig(options, region);
  return {
    region,
    cognito: new CognitoIdentityProviderClient(config),
    cognitoOnce: new CognitoIdentityProviderClient(awsClientConfig(options, region, WRITE)),
    lambda: new LambdaClient(config),
    cloudWatch: async () => {
      const { CloudWatchClient } = await import('@aws-sdk/client-cloudwatch');
      return new CloudWatchClient(config);
    },
    stack: async (name) => {
      const { CloudFormationClient } = await import('@aws-sdk/client-cloudformation');
      return readStack(new CloudFormationClient(config), name);
    },
  };
}
