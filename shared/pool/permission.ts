/** Whether a function lets a pool call it, and the permission that makes it so: for this pool alone (trap: SourceArn, SourceAccount). */

import {
  AddPermissionCommand,
  GetPolicyCommand,
  type LambdaClient,
  RemovePermissionCommand,
  ResourceConflictException,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { functionParts } from './audit-reader/trigger-functions.ts';
import { type IamStatement, statementsOf } from './audit/iam-document.ts';

import { COGNITO, permissionsOf, valuesOf } from './audit/invoke-permission.ts';

const ACTION = 'lambda:InvokeFunction';

interface Policy {
  Statement?: { Sid?: string }[];
}

/** Who is to be allowed: a pool by its ARN, in its account. */
export interface Caller {
  poolArn: string;
}

/**
 * `exact`: this pool, of this account. `wide`: this pool may call, but so may others, or other accounts' pools.
 * `none`: Cognito would be refused, and sign-in would fail.
 */
export type Permission = 'exact' | 'wide' | 'none';

export async function readPermission(
  lambda: LambdaClient,
  functionArn: string,
  caller: Caller,
): Promise<Permission> {
  return judgePolicy(await readPolicy(lambda, functionArn), caller);
}

/** Adds the permission unless it is there; a second run, and a race with one, come to the same. */
export async function allowPool(
  lambda: LambdaClient,
  functionArn: string,
  caller: Caller,
): Promise<'present' | 'added'> {
  if ((await readPermission(lambda, functionArn, caller)) === 'exact') return 'present';
  try {
    await lambda.send(
      new AddPermissionCommand({
        ...functionParts(functionArn),
        StatementId: statementId(caller),
        Action: ACTION,
        Principal: COGNITO,
        SourceArn: caller.poolArn,
        SourceAccount: accountOf(caller),
      }),
    );
    return 'added';
  } catch (error) {
    if (!(error instanceof ResourceConflictException)) throw error;
    // Somebody was faster, or has used our id for something else.
    if ((await readPermission(lambda, functionArn, caller)) === 'exact') return 'present';
    throw error;
  }
}

/** Takes off the statement that `allowPool` added; others, such as the stack's own, stay. */
export async function disallowPool(
  lambda: LambdaClient,
  functionArn: string,
  caller: Caller,
): Promise<'absent' | 'removed'> {
  const { Statement: statements = [] } = JSON.parse(await readPolicy(lambda, functionArn)) as Policy;
  if (!statements.some(({ Sid: sid }) => sid === statementId(caller))) return 'absent';
  try {
    await lambda.send(
      new RemovePermissionCommand({ ...functionParts(functionArn), StatementId: statementId(caller) }),
    );
    return 'removed';
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return 'absent';
    throw error;
  }
}

/** A function's resource policy; an empty one if it has none, or is gone. */
async function readPolicy(lambda: LambdaClient, functionArn: string): Promise<string> {
  try {
    const { Policy: policy = '{}' } = await lambda.send(new GetPolicyCommand(functionParts(functionArn)));
    return policy;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return '{}';
    throw error;
  }
}

export function judgePolicy(policy: string, caller: Caller): Permission {
  const granting = permissionsOf(statementsOf(policy), caller.poolArn);
  if (granting.some((statement) => isExact(statement, caller))) return 'exact';
  return granting.length > 0 ? 'wide' : 'none';
}

/** The pool and its account, and nothing else that could stand in the way. */
function isExact(statement: IamStatement, caller: Caller): boolean {
  const wanted = { 'aws:sourcearn': caller.poolArn, 'aws:sourceaccount': accountOf(caller) };
  return (
    statement.conditions.length === Object.keys(wanted).length &&
    Object.entries(wanted).every(([key, value]) => valuesOf(statement, key)?.join() === value)
  );
}

function statementId({ poolArn }: Caller): string {
  return `gatehouse-${poolArn.split('/').at(-1)}`;
}

function accountOf({ poolArn }: Caller): string {
  return poolArn.split(':')[4] ?? '';
}
