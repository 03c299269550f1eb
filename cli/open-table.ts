/** The table that `--table` or `--stack` names. Loads the SDK: import it lazily. */

import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbStore } from '../shared/store/dynamodb.ts';
import type { Store } from '../shared/store/ports.ts';
import { awsClientConfig, regionOf } from './aws-clients.ts';
import { CommandFailure } from './failure.ts';
import type { TableOptions } from './table-options.ts';

/** Of one call: all attempts (aws-clients.ts), and the pauses between them, fit into it. */
const LIMIT_MS = 25_000;

/** Throws `CommandFailure`. */
export async function openTable(options: TableOptions): Promise<{ store: Store; table: string }> {
  const region = await regionOf(options, '');
  if (region === '')
    throw new CommandFailure('no AWS Region is set\n  help: give --region, or set AWS_REGION');
  const config = awsClientConfig(options, region);
  const table =
    options.table ?? (await tableOfStack(new CloudFormationClient(config), options.stack as string));
  return { store: dynamodbStore(new DynamoDBClient(config), table, { limitMs: LIMIT_MS }), table };
}

async function tableOfStack(client: CloudFormationClient, stack: string): Promise<string> {
  const { Stacks: stacks } = await client
    .send(new DescribeStacksCommand({ StackName: stack }))
    .catch((cause: Error) => {
      throw new CommandFailure(
        `the stack ${stack} cannot be read (${cause.name})\n  help: check its name, --region and --profile, or give the table with --table`,
        { cause },
      );
    });
  const table = stacks?.[0]?.Outputs?.find(({ OutputKey: key }) => key === 'TableName')?.OutputValue;
  if (table === undefined)
    throw new CommandFailure(
      `the stack ${stack} has no output TableName\n  help: give the name of a stack that Gatehouse's serverless.yml made, or the table with --table`,
    );
  return table;
}
