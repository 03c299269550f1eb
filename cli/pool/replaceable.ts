/** A pool and an app client as `applyChange` writes them. */

import { clientRequest } from '../../shared/pool/client-request.ts';
import { poolRequest } from '../../shared/pool/pool-request.ts';
import { describeClient, describePool, updateClient, updatePool } from '../../shared/pool/raw.ts';
import type { Replaceable } from '../../shared/pool/settle.ts';
import type { PoolAws } from './aws.ts';

export function replaceablePool({ region, cognito, cognitoOnce }: PoolAws, poolId: string): Replaceable {
  return {
    key: { region, poolId },
    describe: () => describePool(cognito, poolId),
    update: (request) => updatePool(cognitoOnce, request),
    requestOf: (settings, whole) => poolRequest(settings, { bothTexts: whole }),
  };
}

export function replaceableClient(
  { region, cognito, cognitoOnce }: PoolAws,
  poolId: string,
  clientId: string,
): Replaceable {
  return {
    key: { region, poolId, clientId },
    describe: () => describeClient(cognito, poolId, clientId),
    update: (request) => updateClient(cognitoOnce, request),
    requestOf: (settings) => clientRequest(settings),
  };
}
