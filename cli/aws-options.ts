/** `--profile`, `--region` and `--endpoint`, as the AWS CLI has them. */

import type { Command } from 'commander';

export interface AwsOptions {
  profile?: string;
  region?: string;
  endpoint?: string;
}

export function addAwsOptions(command: Command): Command {
  return command
    .option('--profile <name>', 'AWS profile')
    .option('--region <name>', 'AWS Region')
    .option('--endpoint <url>', 'address of the AWS service, for local clouds');
}
