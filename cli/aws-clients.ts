/** How the command talks to AWS: in which Region, as whom, with which limits. Loads the SDK: import it lazily. */

import { loadConfig, NODE_REGION_CONFIG_OPTIONS } from '@smithy/core/config';
import type { AwsOptions } from './aws-options.ts';
import { UsageError } from './failure.ts';

/** Nobody waits longer for one answer of the control plane. */
const TIMEOUT_MS = 5000;

/** The first attempt, and what the SDK repeats by itself: throttling, and what may pass. */
const ATTEMPTS = 4;

export interface Limits {
  timeoutMs?: number;
  attempts?: number;
}

/** What every client is made with: `new LambdaClient(awsClientConfig(options, region))`. */
export function awsClientConfig(
  { profile, endpoint }: AwsOptions,
  region: string,
  { timeoutMs = TIMEOUT_MS, attempts = ATTEMPTS }: Limits = {},
) {
  return {
    region,
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
    },
    ...(profile !== undefined && { profile }),
    ...(endpoint !== undefined && { endpoint }),
  };
}

/**
 * The Region that is meant: `--region`, the environment's (`AWS_REGION`, `AWS_DEFAULT_REGION`), the profile's, and
 * where none of them says, the one that the pool's id begins with: a replica in another has the same id (contracts C5).
 * Throws `UsageError` if there is none; `poolId` may be empty.
 */
export async function regionOf({ region, profile }: AwsOptions, poolId: string): Promise<string> {
  if (region !== undefined) return region;
  const configured = loadConfig(
    {
      ...NODE_REGION_CONFIG_OPTIONS,
      environmentVariableSelector: (env) => env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || undefined,
      default: poolId.split('_')[0] ?? '',
    },
    profile === undefined ? {} : { profile },
  );
  const found = await configured();
  if (found === '')
    throw new UsageError('no Region is given\n  help: --region, or AWS_REGION, or a profile that has one');
  return found;
}
