/** The words that the pool commands share. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { isTrigger, POOL_TRIGGERS, type Trigger } from '../../shared/pool/triggers.ts';
import { type AwsOptions, addAwsOptions } from '../aws-options.ts';

export interface PoolOptions extends AwsOptions {
  stack?: string;
  function: TriggerFunctionArgument[];
  json?: true;
}

export interface WriteOptions extends PoolOptions {
  force?: true;
  backups: string;
  yes?: true;
}

interface TriggerFunctionArgument {
  trigger: Trigger;
  arn: string;
}

const FUNCTION_ARN = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]{1,140}(?::[\w$-]{1,128})?$/;

/** `--stack`, `--function`, and how AWS is reached. */
export function addPoolOptions(command: Command): Command {
  return addAwsOptions(
    command
      .option('--stack <name>', 'the deployed stack whose outputs name the functions: gatehouse-dev')
      .option<TriggerFunctionArgument[]>(
        '--function <trigger=arn>',
        'a function of another stack; may be repeated',
        readFunctionArgument,
        [],
      ),
  );
}

/** What the commands that write share. */
export function addWriteOptions(command: Command): Command {
  return command
    .option('--force', 'write though the pool has settings that this version does not know')
    .option('--backups <folder>', 'where a backup is saved before each write', 'gatehouse-backups')
    .option('--yes', 'write; without it nothing is written');
}

/** May be repeated; `what` are those that are meant without it. */
export function triggerOption(what: string): Option {
  return new Option('--trigger <name>', 'only this trigger; may be repeated')
    .argParser((name: string, before: Trigger[]) => [...before, readTrigger(name)])
    .default([] as Trigger[], what);
}

function readFunctionArgument(text: string, before: TriggerFunctionArgument[]): TriggerFunctionArgument[] {
  const [name = '', ...rest] = text.split('=');
  const arn = rest.join('=');
  if (!FUNCTION_ARN.test(arn))
    throw new InvalidArgumentError('Write it as pre-sign-up=arn:aws:lambda:REGION:ACCOUNT:function:NAME.');
  return [...before, { trigger: readTrigger(name), arn }];
}

function readTrigger(name: string): Trigger {
  if (!isTrigger(name)) throw new InvalidArgumentError(`It is one of ${POOL_TRIGGERS.join(', ')}.`);
  return name;
}
