/** How soon a cut is felt, and whether at all. Loads the SDK: import it lazily. */

import { LambdaClient } from '@aws-sdk/client-lambda';
import { environmentOf } from '../../shared/deployment/service.ts';
import { readFunction } from '../../shared/pool/functions.ts';
import { MAX_STALE, REFRESH, readAuthorizerConfig } from '../../shared/runtime/config.ts';
import { reasonOf } from '../../shared/pool/failures.ts';
import { awsClientConfig } from '../aws-clients.ts';
import { CommandFailure } from '../failure.ts';
import type { OpenTable } from '../open-table.ts';
import { readService } from '../serverless.ts';
import type { TableOptions } from '../table-options.ts';

export interface ReachOptions extends TableOptions {
  ttl?: number;
  refresh?: number;
  serverless?: string;
  stage: string;
  param: string[];
}

export interface Reach {
  refreshSeconds: number;
  maxStaleSeconds: number;
  ttlSeconds: number;
  /** Where these are from. */
  source: 'options' | 'stack' | 'serverless.yml' | 'assumed';
  /** False: the authorizer reads no table, or another. Null: nobody has said. */
  isRead: boolean | null;
}

/** What an authorizer does without any variable: API Gateway's longest TTL, and our own defaults. */
const ASSUMED = {
  refreshSeconds: REFRESH.fallback,
  maxStaleSeconds: MAX_STALE.fallback,
  ttlSeconds: 3600,
};

/** What is not given is asked of the deployed authorizer, or of serverless.yml; else the worst is assumed. */
export async function readReach(options: ReachOptions, table: OpenTable): Promise<Reach> {
  const found = (await ofStack(options, table)) ?? (await ofService(options)) ?? null;
  const { ttl, refresh } = options;
  return {
    ...(found ?? { ...ASSUMED, source: ttl === undefined ? 'assumed' : 'options', isRead: null }),
    ...(ttl !== undefined && { ttlSeconds: ttl }),
    ...(refresh !== undefined && { refreshSeconds: refresh }),
  };
}

/** Null without a stack, and where its authorizer cannot be asked, or would not start, which is said. */
async function ofStack(options: ReachOptions, { stack, name, region }: OpenTable): Promise<Reach | null> {
  if (!stack?.authorizer) return null;
  const lambda = new LambdaClient(awsClientConfig(options, region));
  try {
    const { environment } = await readFunction(lambda, stack.authorizer);
    if (environment === null) throw new Error('its environment is kept from us');
    return reachOf(environment, 'stack', name);
  } catch (error) {
    console.error(
      `note: the authorizer of ${options.stack} was not asked how soon it reads (${reasonOf(error)})`,
    );
    return null;
  }
}

async function ofService({ serverless, stage, param }: ReachOptions): Promise<Reach | null> {
  if (serverless === undefined) return null;
  const service = await readService(serverless, { stage, param });
  try {
    // Which table it will be, only the deployment knows.
    return reachOf(environmentOf(service, 'authorizer'), 'serverless.yml', null);
  } catch (cause) {
    throw new CommandFailure(
      `the authorizer of ${serverless} would not start\n  help: see \`gatehouse check --serverless ${serverless} --stage ${stage}\``,
      { cause },
    );
  }
}

function reachOf(
  env: Readonly<Record<string, string>>,
  source: Reach['source'],
  tableName: string | null,
): Reach {
  const { table, ttlSeconds } = readAuthorizerConfig(env);
  const isRead = table !== null && (tableName === null || table.name === tableName);
  const { refreshSeconds, maxStaleSeconds } = table ?? ASSUMED;
  return { refreshSeconds, maxStaleSeconds, ttlSeconds, source, isRead };
}

export function worstCaseSeconds({ refreshSeconds, ttlSeconds }: Reach): number {
  return refreshSeconds + ttlSeconds;
}

const SOURCES: Record<Reach['source'], string> = {
  options: 'as given',
  stack: 'as deployed',
  'serverless.yml': 'by serverless.yml',
  assumed: 'assumed: give --stack, --serverless or --ttl',
};

export function reachAsText(reach: Reach): string {
  const { refreshSeconds, maxStaleSeconds, ttlSeconds, source } = reach;
  return `felt within ${worstCaseSeconds(reach)} s: ${refreshSeconds} s until the authorizer has read it, ${ttlSeconds} s in the gateway's cache (${SOURCES[source]}); while the table does not answer, within ${maxStaleSeconds + ttlSeconds} s`;
}
