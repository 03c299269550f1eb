/** `--profile`, `--region` and `--endpoint`, as the AWS CLI has them. */

import { type Command, InvalidArgumentError, Option } from 'commander';

export interface AwsOptions {
  profile?: string;
  region?: string;
  endpoint?: string;
}

export function addAwsOptions(command: Command): Command {
  return command
    .option('--profile <name>', 'AWS profile')
    .option('--region <name>', 'AWS Region')
    .addOption(endpointOption('address of the AWS service, for local clouds'));
}

export function endpointOption(description: string): Option {
  return new Option('--endpoint <url>', description).argParser((text: string) => {
    if (!/^https?:/.test(text) || !URL.canParse(text))
      throw new InvalidArgumentError('It must be a URL like http://127.0.0.1:4566.');
    return text;
  });
}
