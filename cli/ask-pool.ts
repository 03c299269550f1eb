/** Asks an existing user pool whether a deployment's parameters are true of it. Reads only. Import it lazily. */

import {
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import type { DeploymentIssue } from '../shared/deployment/issues.ts';
import { knownClients, type Service } from '../shared/deployment/service.ts';
import { reasonOf } from '../shared/pool/failures.ts';
import { awsClientConfig, regionOf } from './aws-clients.ts';
import type { AwsOptions } from './aws-options.ts';

/** One attempt and one more; a check that hangs is worse than one that is left out. */
const LIMITS = { attempts: 2, timeoutMs: 3000 };

/** What the pool does not answer is said on stderr and left out; what it has answered counts. */
export async function askPool(
  service: Service,
  poolId: string,
  options: AwsOptions,
): Promise<DeploymentIssue[]> {
  const region = options.region ?? service.provider?.region ?? (await regionOf(options, poolId));
  const client = new CognitoIdentityProviderClient(awsClientConfig(options, region, LIMITS));
  const issues: DeploymentIssue[] = [];
  let unasked = 'its app clients and tier are';
  try {
    issues.push(...(await judgeTier(client, poolId, service)));
    for (const clientId of knownClients(service) ?? []) {
      unasked = `app client ${clientId} and those after it are`;
      issues.push(...(await judgeClient(client, poolId, clientId)));
    }
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return [noPool(poolId)];
    console.error(`note: user pool ${poolId} did not answer (${reasonOf(error)}); ${unasked} not checked`);
  }
  return issues;
}

async function judgeTier(
  client: CognitoIdentityProviderClient,
  poolId: string,
  service: Service,
): Promise<DeploymentIssue[]> {
  const { UserPool: pool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: poolId }));
  const version = service.custom?.gatehouse?.preTokenVersion ?? 'V1_0';
  if (pool?.UserPoolTier !== 'LITE' || version === 'V1_0') return [];
  return [
    {
      code: 'DEPLOY_POOL',
      path: ['custom', 'gatehouse', 'preTokenVersion'],
      message: `user pool ${poolId} is of tier LITE, which knows only version V1_0 of pre-token generation`,
      hint: 'move the pool to ESSENTIALS, or set `preTokenVersion: V1_0` and `tokenUse: id`',
    },
  ];
}

async function judgeClient(
  client: CognitoIdentityProviderClient,
  poolId: string,
  clientId: string,
): Promise<DeploymentIssue[]> {
  try {
    await client.send(new DescribeUserPoolClientCommand({ UserPoolId: poolId, ClientId: clientId }));
    return [];
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    return [
      {
        code: 'DEPLOY_CLIENT',
        path: ['functions', 'authorizer', 'environment', 'APP_CLIENT_IDS'],
        message: `user pool ${poolId} has no app client ${clientId}`,
        hint: 'correct the parameter `appClientIds`; the console lists clients under App clients',
      },
    ];
  }
}

function noPool(poolId: string): DeploymentIssue {
  return {
    code: 'DEPLOY_POOL',
    path: ['functions', 'authorizer', 'environment', 'USER_POOL_IDS'],
    message: `there is no user pool ${poolId} in this account and Region`,
    hint: 'correct the parameter `userPoolId`, or choose another account or Region with --profile and --region',
  };
}
