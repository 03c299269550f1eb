/** Our functions as they are deployed: whether they would run, in which mode, for which clients, and called by whom. */

import { type Mode, modeOf, readFunction, type TriggerFunction } from '../../shared/pool/functions.ts';
import { type Permission, readPermission } from '../../shared/pool/permission.ts';
import type { Trigger } from '../../shared/pool/triggers.ts';
import { readTriggerConfig } from '../../shared/runtime/config.ts';
import { ConfigError } from '../../shared/runtime/env.ts';
import type { PoolAws } from './aws.ts';

export interface OurFunction {
  trigger: Trigger;
  arn: string;
  mode: Mode | 'unknown';
  /** The app clients that it governs; null for all. */
  clientIds: readonly string[] | null;
  permission: Permission;
  /** Why the trigger would fail, and with it whoever signs in; null if it would not. */
  flaw: string | null;
}

export async function readOurs(
  aws: PoolAws,
  poolArn: string,
  functions: Partial<Record<Trigger, string>>,
): Promise<OurFunction[]> {
  const entries = Object.entries(functions) as [Trigger, string][];
  return Promise.all(
    entries.map(async ([trigger, arn]) => {
      const [deployed, permission] = await Promise.all([
        readFunction(aws.lambda, arn),
        readPermission(aws.lambda, arn, { poolArn }),
      ]);
      const { clientIds, flaw } = readConfiguration(deployed);
      return { trigger, arn, mode: modeOf(deployed), clientIds, permission, flaw: deployed.flaw ?? flaw };
    }),
  );
}

/** Read by the code that reads it on Lambda; what cannot be seen is not judged. */
function readConfiguration({ environment }: TriggerFunction): Pick<OurFunction, 'clientIds' | 'flaw'> {
  if (environment === null) return { clientIds: null, flaw: null };
  try {
    return { clientIds: readTriggerConfig(environment).clientIds, flaw: null };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { clientIds: [], flaw: `it would not start: ${error.problems.join('; ')}` };
  }
}

/** True if every one of the functions governs the client. */
export function governs(ours: readonly OurFunction[], clientId: string): boolean {
  return ours.every(({ clientIds }) => clientIds === null || clientIds.includes(clientId));
}
