/** Attaches: looks, reports, and with `--yes` writes: permissions first, then the pool, then its app clients. */

import { applyChange } from '../../shared/pool/apply.ts';
import { withCustomAuth } from '../../shared/pool/app-clients.ts';
import { readFunction } from '../../shared/pool/functions.ts';
import { allowPool } from '../../shared/pool/permission.ts';
import { type Desired, planAttach } from '../../shared/pool/plan.ts';
import type { Raw } from '../../shared/pool/raw.ts';
import { Refused } from '../../shared/pool/refusals.ts';
import type { PreTokenVersion, Trigger } from '../../shared/pool/triggers.ts';
import { refusedTotal } from '../../shared/pool/users.ts';
import { UsageError } from '../failure.ts';
import { type LoadedPolicy, loadPolicy } from '../policy-file.ts';
import type { PoolAws } from './aws.ts';
import { type Judgement, judgeSurvey, lockOutRefusals } from './judge.ts';
import type { WriteOptions } from './options.ts';
import { isFailure, type Outcome, outcomeOf } from './outcome.ts';
import { userProgress } from './progress.ts';
import { replaceableClient, replaceablePool } from './replaceable.ts';
import { clientsLackingCustomAuth, countUsers, type Survey, surveyPool } from './survey.ts';
import { asked, findTargets, neededFunctions, type Targets } from './targets.ts';

export interface AttachOptions extends WriteOptions {
  policy: string;
  trigger: Trigger[];
  preTokenVersion?: PreTokenVersion;
  replace?: true;
  users: boolean;
  userPages: number;
  showUsers?: true;
  acceptRefusals?: true;
}

export interface AttachedPool {
  survey: Survey;
  judgement: Judgement;
  /** The app clients that are given `ALLOW_CUSTOM_AUTH`. */
  customAuthClients: string[];
  /** Null in a dry run. */
  written: Written | null;
}

export interface Written {
  permissions: { trigger: Trigger; state: 'present' | 'added' }[];
  pool: Outcome;
  clients: ({ id: string } & Outcome)[];
}

/** Writes to no pool if one of them is refused. Throws `UsageError` and `CommandFailure`. */
export async function attachPools(poolIds: string[], options: AttachOptions): Promise<AttachedPool[]> {
  const policy = loadPolicy(options.policy);
  const targets = await findTargets(poolIds, options);
  const functions = neededFunctions(targets.functions, policy.artefact, options.trigger);
  if (Object.keys(functions).length === 0)
    throw new UsageError(
      'there is no function to attach\n  help: name the deployed --stack, or a --function trigger=arn',
    );
  const desired: Desired = {
    functions,
    preTokenVersion: options.preTokenVersion ?? null,
    replace: options.replace === true,
    force: options.force === true,
  };
  const attached: AttachedPool[] = [];
  for (const poolId of targets.pools)
    attached.push(await look(targets, poolId, { desired, policy, options }));
  if (!options.yes || attached.some(({ judgement }) => judgement.refusals.length > 0)) return attached;
  for (const pool of attached) {
    pool.written = await write(targets.aws, pool, { desired, options });
    // What went wrong with one pool would go wrong with the next.
    if ([pool.written.pool, ...pool.written.clients].some(isFailure)) break;
  }
  return attached;
}

interface Work {
  desired: Desired;
  policy: LoadedPolicy;
  options: AttachOptions;
}

async function look(
  targets: Targets,
  poolId: string,
  { desired, policy, options }: Work,
): Promise<AttachedPool> {
  const { aws } = targets;
  const found = await asked(`user pool ${poolId}`, () => surveyPool(aws, poolId, desired));
  const users = options.users && decides(found, options) ? await count(aws, found, policy, options) : null;
  const survey = { ...found, users };
  const judgement = judgeSurvey(survey, policy, await tokenUseOf(targets));
  const lockOut = options.yes && !options.acceptRefusals ? lockOutRefusals(survey, policy) : [];
  return {
    survey,
    judgement: { ...judgement, refusals: [...judgement.refusals, ...lockOut] },
    customAuthClients: clientsLackingCustomAuth(survey, desired.functions).map(({ id }) => id),
    written: null,
  };
}

/** With `--yes` they are counted again only where the count decides. */
function decides({ plan, ours }: Survey, { yes, acceptRefusals }: AttachOptions): boolean {
  if (!yes) return true;
  const enforces = ours.some(({ trigger, mode }) => trigger === 'pre-token-generation' && mode !== 'observe');
  return plan.changes.length > 0 && enforces && !acceptRefusals;
}

async function count(aws: PoolAws, survey: Survey, policy: LoadedPolicy, { userPages }: AttachOptions) {
  const { id } = survey.pool;
  const progress = userProgress(id);
  try {
    return await asked(`the users of ${id}`, () =>
      countUsers(aws, survey, { policy, pagesPerSecond: userPages, progress: progress.report }),
    );
  } finally {
    progress.end();
  }
}

/** What the stack's authorizer takes; null without a stack that says. */
async function tokenUseOf({ aws, authorizer }: Targets): Promise<string | null> {
  if (authorizer === null) return null;
  const { environment } = await asked('the authorizer', () => readFunction(aws.lambda, authorizer));
  return environment && (environment['TOKEN_USE'] || 'access');
}

async function write(
  aws: PoolAws,
  { survey, customAuthClients }: AttachedPool,
  { desired, options }: Pick<Work, 'desired' | 'options'>,
): Promise<Written> {
  const { id: poolId, arn: poolArn } = survey.pool;
  const apply = { backups: options.backups };
  const permissions: Written['permissions'] = [];
  // First the permissions: a trigger that Cognito may not call fails every sign-in.
  const pool = await outcomeOf(async () => {
    for (const { trigger, arn } of survey.ours)
      permissions.push({ trigger, state: await allowPool(aws.lambda, arn, { poolArn }) });
    return applyChange(
      replaceablePool(aws, poolId),
      (description) => attachChange(description, desired),
      apply,
    );
  });
  const clients: Written['clients'] = [];
  for (const id of isFailure(pool) ? [] : customAuthClients) {
    const change = (client: Raw) => withCustomAuth(client, desired.force);
    clients.push({
      id,
      ...(await outcomeOf(() => applyChange(replaceableClient(aws, poolId, id), change, apply))),
    });
  }
  return { permissions, pool, clients };
}

function attachChange(description: Raw, desired: Desired): Raw | null {
  const { changes, refusals, wanted } = planAttach(description, desired);
  if (refusals.length > 0) throw new Refused(refusals);
  return changes.length === 0 ? null : wanted;
}

/** Whether there is something that a person should look at before writing. */
export function hasFindings({ survey: { users } }: AttachedPool): boolean {
  return users !== null && refusedTotal(users) > 0;
}
