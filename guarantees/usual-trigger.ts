/** A trigger as it is usually made: middy, Powertools' logger, the table's client at the top, one line, one write. */

import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';

const logger = new Logger({ serviceName: 'usual' });
const table = new DynamoDBClient({ region: 'eu-west-1' });

export const handler = middy(async (event: { userName: string; triggerSource: string }) => {
  logger.info('event', { source: event.triggerSource });
  if (process.env['USUAL_TABLE'])
    await table.send(
      new PutItemCommand({
        TableName: process.env['USUAL_TABLE'],
        Item: { PK: { S: `USUAL#${event.userName}` }, SK: { S: 'PROFILE' } },
      }),
    );
  return event;
});
