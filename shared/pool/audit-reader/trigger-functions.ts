/** Who may call the functions that a pool calls. */

import { GetPolicyCommand, type LambdaClient, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import type { TriggerFunction } from '../audit/facts.ts';
import { statementsOf } from '../audit/iam-document.ts';
import type { PartReader } from './parts.ts';

export async function readTriggers(
  client: LambdaClient,
  pool: UserPoolType,
  { ask }: PartReader,
): Promise<TriggerFunction[]> {
  const slots = slotsOf(pool);
  const read = await Promise.all(
    [...new Set(slots.map(({ arn }) => arn))].map((arn) =>
      ask(`lambda:GetPolicy of ${arn}`, async () => ({
        slots: slots.filter((each) => each.arn === arn).map(({ slot }) => slot),
        arn,
        statements: await resourcePolicyOf(client, arn),
      })),
    ),
  );
  return read.filter((each) => each !== null);
}

/** A function's ARN in two: a version or alias has a policy of its own (contracts B1). */
export function functionParts(arn: string): { FunctionName: string; Qualifier?: string } {
  const [, FunctionName = arn, Qualifier] = /^(arn:(?:[^:]*:){5}[^:]+)(?::(.+))?$/.exec(arn) ?? [];
  return { FunctionName, ...(Qualifier !== undefined && { Qualifier }) };
}

async function resourcePolicyOf(client: LambdaClient, arn: string) {
  try {
    const { Policy = '{}' } = await client.send(new GetPolicyCommand(functionParts(arn)));
    return statementsOf(Policy);
  } catch (error) {
    // No function, or one that nobody may call: either way the pool cannot.
    if (error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}

function slotsOf({ LambdaConfig = {} }: UserPoolType): { slot: string; arn: string }[] {
  const named = Object.entries(LambdaConfig).flatMap(([slot, value]) => {
    const arn: unknown = typeof value === 'object' ? value.LambdaArn : value;
    return slot !== 'KMSKeyID' && typeof arn === 'string' ? [{ slot: slot.replace(/Config$/, ''), arn }] : [];
  });
  // Cognito may tell of one trigger by its old name and its new one.
  return named.filter(
    ({ slot, arn }, index) => index === named.findIndex((each) => each.slot === slot && each.arn === arn),
  );
}
