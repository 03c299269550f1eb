/** What the authorizers of an API count on: the environment of those that are Gatehouse's. The rest is not kept. */

import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { type AuthorizerConfig, readAuthorizerConfig } from '../../runtime/config.ts';
import { ConfigError } from '../../runtime/env.ts';
import type { Api, FactValues } from '../audit/facts.ts';
import type { PartReader } from './parts.ts';
import { functionParts } from './trigger-functions.ts';

/** The function that an authorizer's URI names; null for none, or a stage variable that is not known. */
export function functionOf(uri: string | undefined, variables: Record<string, string> = {}): string | null {
  const written = /\/functions\/([^/]+)\/invocations$/.exec(uri ?? '')?.[1] ?? null;
  const arn = written?.replace(/\$\{stageVariables\.(\w+)\}/g, (all, name: string) => variables[name] ?? all);
  return arn === undefined || arn.includes('${') ? null : arn;
}

export async function readAuthorizers(
  client: LambdaClient,
  { apis, poolId }: { apis: readonly Api[]; poolId: string },
  { ask, missing }: PartReader,
): Promise<FactValues['authorizers']> {
  const lambda = apis
    .flatMap(({ authorizers }) => authorizers)
    .filter(({ type }) => type === 'TOKEN' || type === 'REQUEST');
  for (const { name, functionArn } of lambda)
    if (functionArn === null)
      missing(`the function of authorizer ${name}`, 'a stage variable names it: give --stage');
  const arns = [...new Set(lambda.flatMap(({ functionArn }) => functionArn ?? []))];
  const read = await Promise.all(
    arns.map(async (arn) => {
      const what = `lambda:GetFunctionConfiguration of ${arn}`;
      const found = await ask(what, () =>
        client.send(new GetFunctionConfigurationCommand(functionParts(arn))),
      );
      if (found === null) return [];
      if (found.Environment?.Error) return missing(what, 'its environment cannot be decrypted') ?? [];
      const config = configOf(found.Environment?.Variables ?? {}, poolId);
      return config === 'invalid'
        ? (missing(what, 'it would not start with its environment') ?? [])
        : [[arn, config] as const];
    }),
  );
  return new Map(read.flat());
}

/** Null for a function that is not Gatehouse's, or for other pools. */
function configOf(env: Record<string, string>, poolId: string): AuthorizerConfig | null | 'invalid' {
  const pools = (env['USER_POOL_IDS'] ?? '').split(',').map((each) => each.trim());
  if (!pools.includes(poolId) || env['APP_CLIENT_IDS'] === undefined) return null;
  try {
    return readAuthorizerConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return 'invalid';
    throw error;
  }
}
