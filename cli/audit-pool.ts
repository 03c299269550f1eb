/** Reads what an audit looks at with the caller's credentials, and judges it. Loads the SDK: import it lazily. */

import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { CognitoIdentityClient } from '@aws-sdk/client-cognito-identity';
import {
  CognitoIdentityProviderClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { Policy } from '../shared/policy/schema.ts';
import { type AuditReport, auditFacts } from '../shared/pool/audit/audit.ts';
import type { Facts } from '../shared/pool/audit/facts.ts';
import { isBug } from '../shared/pool/audit-reader/parts.ts';
import { type AuditClients, readFacts } from '../shared/pool/audit-reader/read-facts.ts';
import { reasonOf } from '../shared/pool/failures.ts';
import { awsClientConfig, regionOf } from './aws-clients.ts';
import type { AwsOptions } from './aws-options.ts';
import type { AuditOptions } from './commands/audit.ts';
import { CommandFailure } from './failure.ts';

/** Many calls go to one pool, which answers few a second: waiting is part of it. */
const LIMITS = { attempts: 5 };

/** Throws `CommandFailure` if the pool cannot be described. */
export async function auditPool(
  poolId: string,
  policy: Policy | null,
  options: AuditOptions,
): Promise<{ region: string; report: AuditReport }> {
  const region = await regionOf(options, poolId);
  const clients = auditClients(options, region);
  const request = {
    poolId,
    policy,
    hosts: options.host,
    openRoutes: options.open,
    identityPoolId: options.identityPool,
    restApiId: options.restApi,
    httpApiId: options.httpApi,
    stage: options.stage,
  };
  const facts: Facts = await readFacts(clients, request).catch((error: unknown) =>
    cannotDescribe(poolId, region, error),
  );
  return { region, report: auditFacts(facts, options.ignore) };
}

function auditClients(options: AwsOptions & { identityPool?: string }, region: string): AuditClients {
  // Asks more slowly where AWS says that it is too fast.
  const config = { ...awsClientConfig(options, region, LIMITS), retryMode: 'adaptive' };
  return {
    cognito: new CognitoIdentityProviderClient(config),
    // An identity pool may be in another Region than the user pool; its id says in which.
    identity: new CognitoIdentityClient({ ...config, region: options.identityPool?.split(':')[0] ?? region }),
    iam: new IAMClient(config),
    lambda: new LambdaClient(config),
    rest: new APIGatewayClient(config),
    http: new ApiGatewayV2Client(config),
  };
}

function cannotDescribe(poolId: string, region: string, error: unknown): never {
  if (error instanceof ResourceNotFoundException)
    throw new CommandFailure(
      `there is no user pool ${poolId} in this account and Region (${region})\n  help: choose another account or Region with --profile and --region`,
    );
  if (isBug(error)) throw error;
  throw new CommandFailure(
    `user pool ${poolId} cannot be described (${reasonOf(error)})\n  help: it takes the network, and credentials that may cognito-idp:DescribeUserPool; choose them with --profile`,
    { cause: error },
  );
}
