/** The table that `--table` or `--stack` names. Loads the SDK: import it lazily. */

import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type DeployedStack, readStack } from '../shared/pool/stack.ts';
import { POOL_ID } from '../shared/runtime/config.ts';
import { dynamodbStore } from '../shared/store/dynamodb.ts';
import type { Store } from '../shared/store/ports.ts';
import { reasonOf } from '../shared/pool/failures.ts';
import { awsClientConfig, regionOf } from './aws-clients.ts';
import { CommandFailure } from './failure.ts';
import type { TableOptions } from './table-options.ts';

/** Of one call: all attempts (aws-clients.ts), and the pauses between them, fit into it. */
const LIMIT_MS = 25_000;

export interface OpenTable {
  store: Store;
  name: string;
  region: string;
  /** Of `--stack`; null without it. */
  stack: DeployedStack | null;
  /** Epoch seconds by the table's clock, as of its last answer; null before there is one. */
  clock: () => number | null;
}

/** Throws `CommandFailure`, and `UsageError` where nothing says a Region. */
export async function openTable(options: TableOptions): Promise<OpenTable> {
  // Another issuer's name says no Region.
  const region = await regionOf(options, POOL_ID.test(options.pool ?? '') ? String(options.pool) : '');
  const config = awsClientConfig(options, region);
  const stack =
    options.stack === undefined ? null : await stackNamed(new CloudFormationClient(config), options.stack);
  const name = options.table ?? stack?.table ?? null;
  if (name === null)
    throw new CommandFailure(
      `the stack ${options.stack} has no output TableName\n  help: give the name of a stack that Gatehouse's serverless.yml made, or the table with --table`,
    );
  const client = new DynamoDBClient(config);
  const store = dynamodbStore(client, name, { limitMs: LIMIT_MS });
  return { store, name, region, stack, clock: clockOf(client) };
}

function stackNamed(client: CloudFormationClient, name: string): Promise<DeployedStack> {
  return readStack(client, name).catch((cause: Error) => {
    throw new CommandFailure(
      `the stack ${name} cannot be read (${reasonOf(cause)})\n  help: check its name, --region and --profile, or give the table with --table`,
      { cause },
    );
  });
}

/** AWS's own time: a laptop's may be minutes off, and a cut is a moment. */
function clockOf(client: DynamoDBClient): () => number | null {
  let seconds: number | null = null;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers?: Record<string, string> };
      const date = Date.parse(headers?.['date'] ?? '');
      if (Number.isFinite(date)) seconds = date / 1000;
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'tableClock' },
  );
  return () => seconds;
}
