/** `--table` or `--stack`: which table a command works on. */

import type { Command } from 'commander';
import type { Store } from '../shared/store/ports.ts';
import { reasonOf } from '../shared/pool/failures.ts';
import { type AwsOptions, addAwsOptions } from './aws-options.ts';
import { CommandFailure, UsageError } from './failure.ts';
import type { OpenTable } from './open-table.ts';

export interface TableOptions extends AwsOptions {
  table?: string;
  stack?: string;
  /** A user pool, whose id begins with its Region: for where nothing else says one. */
  pool?: string;
}

export function addTableOptions(command: Command): Command {
  command
    .option('--table <name>', 'the DynamoDB table')
    .option('--stack <name>', 'the CloudFormation stack that has the table, like gatehouse-prod');
  return addAwsOptions(command);
}

/**
 * Does `work` with the table. Throws `UsageError` if none is named, `CommandFailure` if it does not answer. The SDK is
 * loaded for those who get this far.
 */
export async function withTable<T>(
  options: TableOptions,
  work: (store: Store, table: OpenTable) => Promise<T>,
): Promise<T> {
  if ((options.table === undefined) === (options.stack === undefined))
    throw new UsageError('give either --table or --stack\n  help: the stack is called gatehouse-STAGE');
  const { openTable } = await import('./open-table.ts');
  const table = await openTable(options);
  try {
    return await work(table.store, table);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'StoreError') throw error;
    const reason = error.cause instanceof Error ? reasonOf(error.cause) : error.message;
    throw new CommandFailure(
      `the table ${table.name} does not answer as it should (${reason})\n  help: check its name, --region and --profile, and that you may read and write its items`,
      { cause: error },
    );
  }
}
