/** All that there is to know before a pool is written to. Reads only. */

import {
  type AppClient,
  type CustomAuthState,
  customAuthState,
  listClients,
} from '../../shared/pool/app-clients.ts';
import { accessSeconds } from '../../shared/pool/audit/app-clients.ts';
import { type Desired, type PoolPlan, planAttach } from '../../shared/pool/plan.ts';
import { describeClient, describePool, type PoolName, poolName } from '../../shared/pool/raw.ts';
import { otherReplicas, type Replica } from '../../shared/pool/replicas.ts';
import {
  CUSTOM_AUTH_TRIGGERS,
  lambdaConfigOf,
  otherSlots,
  slotOf,
  type Trigger,
} from '../../shared/pool/triggers.ts';
import { countRefused, type UserCount, userPages } from '../../shared/pool/users.ts';
import type { LoadedPolicy } from '../policy-file.ts';
import type { PoolAws } from './aws.ts';
import { governs, type OurFunction, readOurs } from './ours.ts';

export interface Survey {
  pool: PoolName & { arn: string };
  plan: PoolPlan;
  ours: OurFunction[];
  /** Members of `LambdaConfig` that are not Gatehouse's. */
  others: string[];
  clients: SurveyedClient[];
  /** Null if AWS does not say. */
  replicas: Replica[] | null;
  /** Null if they were not counted. */
  users: UserCount | null;
}

export interface SurveyedClient extends AppClient {
  governed: boolean;
  /** Of the governed ones; null for the others, which are left alone. */
  customAuth: CustomAuthState | null;
  /** How long its access tokens live, in seconds; null for the others. */
  accessTokenSeconds: number | null;
}

/** Throws what the SDK throws. */
export async function surveyPool(aws: PoolAws, poolId: string, desired: Desired): Promise<Survey> {
  const description = await describePool(aws.cognito, poolId);
  const plan = planAttach(description, desired);
  const arn = String(description['Arn']);
  const [ours, listed, replicas] = await Promise.all([
    readOurs(aws, arn, desired.functions),
    listClients(aws.cognito, poolId),
    otherReplicas(aws.cognito, poolId, aws.region),
  ]);
  return {
    pool: { ...poolName(description, poolId, aws.region), arn },
    plan,
    ours,
    others: otherSlots(lambdaConfigOf(description)),
    clients: await surveyClients(aws, poolId, { listed, ours }),
    replicas,
    users: null,
  };
}

/** Counts whom the policy would refuse, unless it refuses nobody a token for an address. `progress` hears the number of users so far. */
export async function countUsers(
  aws: PoolAws,
  { pool, plan }: Survey,
  options: { policy: LoadedPolicy; pagesPerSecond: number; progress: (users: number) => void },
): Promise<UserCount | null> {
  const { artefact: policy } = options.policy;
  if (!policy.domains.allow && !policy.domains.deny) return null;
  const vouching = slotOf(lambdaConfigOf(plan.wanted), 'inbound-federation') !== null;
  const pages = userPages(aws.cognito, pool.id, options.pagesPerSecond);
  return countRefused(pages, { policy, vouching }, options.progress);
}

/** The clients to which custom auth is to be given: those that the three triggers govern. */
export function clientsLackingCustomAuth(
  { clients }: Survey,
  functions: Desired['functions'],
): SurveyedClient[] {
  const attaches = CUSTOM_AUTH_TRIGGERS.every((trigger: Trigger) => functions[trigger] !== undefined);
  return attaches ? clients.filter(({ customAuth }) => customAuth === 'missing') : [];
}

async function surveyClients(
  aws: PoolAws,
  poolId: string,
  { listed, ours }: { listed: readonly AppClient[]; ours: readonly OurFunction[] },
): Promise<SurveyedClient[]> {
  const surveyed: SurveyedClient[] = [];
  for (const client of listed) {
    const governed = governs(ours, client.id);
    const description = governed ? await describeClient(aws.cognito, poolId, client.id) : null;
    surveyed.push({
      ...client,
      governed,
      customAuth: description && customAuthState(description),
      accessTokenSeconds: description && accessSeconds(description),
    });
  }
  return surveyed;
}
