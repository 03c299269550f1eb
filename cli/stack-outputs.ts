/** What a deployed stack says of itself (deploy/resources/outputs.yml). Loads the SDK: import it lazily. */

import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CommandFailure } from './failure.ts';

/** Throws `CommandFailure`. */
export async function stackOutputs(
  client: CloudFormationClient,
  stack: string,
): Promise<ReadonlyMap<string, string>> {
  const { Stacks: stacks } = await client
    .send(new DescribeStacksCommand({ StackName: stack }))
    .catch((cause: Error) => {
      throw new CommandFailure(
        `the stack ${stack} cannot be read (${cause.name})\n  help: check its name, --region and --profile, or give the table with --table`,
        { cause },
      );
    });
  const outputs = stacks?.[0]?.Outputs ?? [];
  return new Map(outputs.map(({ OutputKey: key = '', OutputValue: value = '' }) => [key, value]));
}
