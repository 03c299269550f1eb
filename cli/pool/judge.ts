/** What a survey means: why the pool is not written to, and what to know before it is. Pure. */

import { unshapedTokenFlaws } from '../../shared/deployment/tokens.ts';
import type { Refusal } from '../../shared/pool/refusals.ts';
import { lambdaConfigOf, slotOf } from '../../shared/pool/triggers.ts';
import { refusedTotal } from '../../shared/pool/users.ts';
import type { LoadedPolicy } from '../policy-file.ts';
import type { Survey } from './survey.ts';

export interface Judgement {
  refusals: Refusal[];
  warnings: string[];
}

/** `tokenUse`: what the authorizer takes; null if it is not known. */
export function judgeSurvey(survey: Survey, policy: LoadedPolicy, tokenUse: string | null): Judgement {
  const { plan, ours } = survey;
  const tokens = judgeTokens(survey, policy, tokenUse);
  return {
    refusals: [
      ...plan.refusals,
      ...(plan.changes.length > 0 ? functionRefusals(survey) : []),
      ...tokens.refusals,
    ],
    warnings: [
      ...plan.warnings,
      ...tokens.warnings,
      ...clientWarnings(survey),
      ...replicaWarnings(survey),
      ...ours
        .filter(({ permission }) => permission === 'wide')
        .map(
          ({ trigger }) =>
            `more than this pool may call the function of ${trigger}; a permission for it alone is added`,
        ),
    ],
  };
}

/** Writing while the functions enforce and would refuse people needs a word for it; not having counted is no excuse. */
export function lockOutRefusals({ pool, plan, ours, users }: Survey, policy: LoadedPolicy): Refusal[] {
  const attached = plan.changes.some(({ trigger, to }) => trigger === 'pre-token-generation' && to !== null);
  const enforces = ours.some(({ trigger, mode }) => trigger === 'pre-token-generation' && mode !== 'observe');
  const { allow, deny } = policy.artefact.domains;
  if (!attached || !enforces || (!allow && !deny)) return [];
  const refused = users === null ? null : refusedTotal(users);
  if (refused === 0) return [];
  return [
    {
      code: 'ATTACH_USERS',
      message:
        refused === null
          ? 'the functions enforce the policy, and the users whom it would refuse were not counted'
          : `the functions enforce the policy, and ${refused} of ${users?.users} users would get no token from now on`,
      hint: `first \`gatehouse mode observe\`, attach, and enforce when would_deny stays at 0 (gatehouse status ${pool.id}); or --accept-refusals`,
    },
  ];
}

function functionRefusals({ plan, ours }: Survey): Refusal[] {
  return ours.flatMap(({ trigger, arn, flaw }) =>
    flaw !== null && plan.changes.some((change) => change.trigger === trigger)
      ? [
          {
            code: 'ATTACH_FUNCTION' as const,
            message: `the function of ${trigger} would fail every call: ${flaw} (${arn})`,
            hint: 'mend it, or deploy it again; a pool whose trigger fails signs nobody in',
          },
        ]
      : [],
  );
}

/** Access tokens carry what the policy reads only if a version 2 trigger puts it there (contracts B6). */
function judgeTokens({ plan }: Survey, { policy }: LoadedPolicy, tokenUse: string | null): Judgement {
  const version = slotOf(lambdaConfigOf(plan.wanted), 'pre-token-generation')?.version ?? null;
  const flaws = unshapedTokenFlaws(policy);
  if (flaws.length === 0 || (version !== null && version !== 'V1_0')) return { refusals: [], warnings: [] };
  if (tokenUse === null)
    return {
      refusals: [],
      warnings: [
        'nothing shapes access tokens, and what the authorizer takes is not known: name the --stack, or be sure of TOKEN_USE=id',
      ],
    };
  if (tokenUse !== 'access') return { refusals: [], warnings: [] };
  const how = version === null ? 'without pre-token-generation' : 'with version V1_0';
  const texts = flaws.map(
    (flaw) => `${how} nothing shapes access tokens, which are what the authorizer takes, and ${flaw}`,
  );
  // Without the trigger it is as it was; version 1 would be ours.
  if (version === null) return { refusals: [], warnings: texts };
  const hint = '--pre-token-version V2_0 (Essentials and Plus tiers), or an authorizer with TOKEN_USE=id';
  return { refusals: texts.map((message) => ({ code: 'ATTACH_TOKENS', message, hint })), warnings: [] };
}

function clientWarnings({ ours, clients }: Survey): string[] {
  const lists = new Set(
    ours.map(({ clientIds }) => (clientIds === null ? '*' : [...clientIds].toSorted().join(','))),
  );
  const known = new Set(clients.map(({ id }) => id));
  const unknown = new Set(ours.flatMap(({ clientIds }) => clientIds ?? []).filter((id) => !known.has(id)));
  return [
    ...(lists.size > 1 ? ['the functions do not govern the same clients: compare their APP_CLIENT_IDS'] : []),
    ...(clients.length > 0 && !clients.some(({ governed }) => governed)
      ? ['no app client of the pool is governed: every sign-in would pass untouched']
      : []),
    ...[...unknown].map((id) => `APP_CLIENT_IDS names ${id}, which is no app client of the pool`),
    ...clients
      .filter(({ customAuth }) => customAuth === 'legacy')
      .map(
        ({ id, name }) =>
          `app client ${name} (${id}) lists its flows by their old names: give it ALLOW_CUSTOM_AUTH and the new names by hand`,
      ),
  ];
}

function replicaWarnings({ replicas, pool }: Survey): string[] {
  return (replicas ?? []).map(
    ({ region, role, status }) =>
      `the pool has a replica in ${region} (${role}, ${status}) with triggers of its own: deploy the stack there too, and attach with --region ${region}; until then ${pool.id} is ungated after a failover`,
  );
}
