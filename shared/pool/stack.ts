/** What a deployed stack says of itself, by its outputs (deploy/resources/outputs.yml). */

import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { outputOf, POOL_TRIGGERS, type Trigger } from './triggers.ts';

export interface DeployedStack {
  name: string;
  /** The functions of the triggers that the stack has. */
  functions: Partial<Record<Trigger, string>>;
  authorizer: string | null;
  /** The pool that the stack was deployed for, or has made. */
  poolId: string | null;
  table: string | null;
}

/** Throws what CloudFormation answers for a stack that is not there: `ValidationError`. */
export async function readStack(client: CloudFormationClient, name: string): Promise<DeployedStack> {
  const { Stacks: stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
  const outputs = new Map(
    (stacks[0]?.Outputs ?? []).map(({ OutputKey: key, OutputValue: value }) => [key, value ?? null]),
  );
  const functions = POOL_TRIGGERS.flatMap((trigger) => {
    const arn = outputs.get(outputOf(trigger));
    return arn ? [[trigger, arn] as const] : [];
  });
  return {
    name,
    functions: Object.fromEntries(functions),
    authorizer: outputs.get('AuthorizerArn') ?? null,
    poolId: outputs.get('UserPoolId') ?? null,
    table: outputs.get('TableName') ?? null,
  };
}
