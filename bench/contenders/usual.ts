/** S of the budgets: what an authorizer is usually made of, with a table's client at the top and one INFO line. */

import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { allow, type BenchEvent, settings, tokenOf } from './answer.ts';

const { pool, client, jwks } = settings();
const logger = new Logger({ serviceName: 'usual' });
export const table = new DynamoDBClient({ region: 'eu-west-1' });
const verifier = CognitoJwtVerifier.create({ userPoolId: pool, clientId: client, tokenUse: 'id' });
verifier.cacheJwks(jwks);

export const handler = middy(async (event: BenchEvent) => {
  const { sub } = await verifier.verify(tokenOf(event));
  logger.info('decision', { effect: 'allow', sub, route: event.methodArn });
  return allow(sub, event);
});
