/** A survey and what became of it, for people and for tools. */

import { printable } from '../../shared/policy/print.ts';
import type { SlotChange } from '../../shared/pool/plan.ts';
import type { Refusal } from '../../shared/pool/refusals.ts';
import { slotText } from './slot-text.ts';
import { maskedUser, refusedTotal, type UserCount } from '../../shared/pool/users.ts';
import { paint } from '../paint.ts';
import type { AttachedPool, Written } from './attach.ts';
import { outcomeLines } from './outcome-text.ts';
import type { Survey } from './survey.ts';

/** The shape of `--json`: docs/attach.md. */
export function attachedAsJson(
  { survey, judgement, customAuthClients, written }: AttachedPool,
  showUsers: boolean,
) {
  const { plan, users, ...rest } = survey;
  return {
    ...rest,
    changes: plan.changes,
    ...judgement,
    customAuthClients,
    users: users && {
      ...users,
      refused: Object.entries(users.refused).map(([code, { count, examples }]) => ({
        code,
        count,
        examples: showUsers ? examples : examples.map(maskedUser),
      })),
    },
    written,
  };
}

export function attachedAsText(attached: AttachedPool, options: { showUsers: boolean }): string {
  const { survey, judgement, customAuthClients, written } = attached;
  const { pool, plan } = survey;
  return [
    `user pool ${pool.id} (${printable(pool.name)}${pool.tier ? `, ${pool.tier}` : ''}) in ${pool.region}`,
    ...slotLines(survey),
    ...(plan.changes.length > 0 ? ['  every other setting is written back as it is, and compared'] : []),
    ...clientLines(survey, customAuthClients),
    ...userLines(survey.users, options.showUsers),
    ...modeLines(survey),
    ...judgement.warnings.map((warning) => `${paint('yellow', 'note')}     ${printable(warning)}`),
    ...judgement.refusals.flatMap(refusalLines),
    ...(written ? writtenLines(written) : []),
  ].join('\n');
}

export function refusalLines({ code, message, hint }: Refusal): string[] {
  return [`${paint('red', 'refused')}  ${code} ${printable(message)}`, `  help: ${printable(hint)}`];
}

export function changeLine({ trigger, from, to }: SlotChange): string {
  const mark = from === null ? paint('green', '+') : to === null ? paint('red', '-') : paint('yellow', '~');
  const arrow = from === null ? slotText(to) : `${slotText(from)} -> ${slotText(to)}`;
  return `  ${mark} ${trigger.padEnd(22)} ${arrow}`;
}

function slotLines({ plan, ours, others }: Survey): string[] {
  const unchanged = ours.filter(({ trigger }) => !plan.changes.some((change) => change.trigger === trigger));
  const lacking = ours.filter(({ permission }) => permission !== 'exact').map(({ trigger }) => trigger);
  return [
    ...plan.changes.map(changeLine),
    ...unchanged.map(({ trigger }) => `  = ${trigger.padEnd(22)} attached already`),
    ...(others.length > 0 ? [`  kept: ${others.map(printable).join(', ')}`] : []),
    ...(lacking.length > 0
      ? [`  + lambda:InvokeFunction, for this pool alone, on ${lacking.join(', ')}`]
      : []),
  ];
}

function clientLines({ clients }: Survey, customAuthClients: readonly string[]): string[] {
  const list = (governed: boolean) =>
    clients
      .filter((client) => client.governed === governed)
      .map(({ id, name }) => `${printable(name)} (${id})`);
  const [governed, others] = [list(true), list(false)];
  return [
    `clients  governed: ${governed.join(', ') || 'none'}`,
    ...(others.length > 0 ? [`         pass untouched: ${others.join(', ')}`] : []),
    ...customAuthClients.map((id) => `  + ALLOW_CUSTOM_AUTH for ${id}`),
  ];
}

function userLines(users: UserCount | null, showUsers: boolean): string[] {
  if (users === null) return [];
  const refused = refusedTotal(users);
  const set = [
    users.disabled > 0 && `${users.disabled} disabled`,
    users.unconfirmed > 0 && `${users.unconfirmed} not confirmed yet`,
  ].filter(Boolean);
  return [
    `users    ${users.users} looked at: ${users.passing} would pass, ${refused} would get no token${set.length > 0 ? `; not judged: ${set.join(', ')}` : ''}`,
    ...(users.federated > 0
      ? [
          `         ${users.federated} of providers, judged as \`providers\` has it; it holds for them from their next sign-in on`,
        ]
      : []),
    ...Object.entries(users.refused).map(([code, { count, examples }]) => {
      const shown = examples.map((user) =>
        showUsers ? printable([user.username, user.email].filter(Boolean).join(' ')) : maskedUser(user),
      );
      return `         ${String(count).padStart(8)} ${code}: ${shown.map(printable).join(', ')}${count > shown.length ? ', …' : ''}`;
    }),
  ];
}

/** The way to the enforced policy that locks nobody out. */
function modeLines({ plan, ours, clients }: Survey): string[] {
  if (plan.changes.length === 0 || ours.length === 0) return [];
  if (ours.some(({ mode }) => mode !== 'observe'))
    return [
      'mode     the functions enforce the policy from the first sign-in on; `gatehouse mode observe` first lets them only count whom they would refuse',
    ];
  const longest = Math.max(3600, ...clients.map(({ accessTokenSeconds }) => accessTokenSeconds ?? 0));
  return [
    `mode     observe: nobody is refused yet. Wait ${Math.ceil(longest / 60)} minutes, the life of the access tokens that are about; when \`gatehouse status\` shows no would_deny, \`gatehouse mode enforce\``,
  ];
}

function writtenLines({ permissions, pool, clients }: Written): string[] {
  const added = permissions.filter(({ state }) => state === 'added').map(({ trigger }) => trigger);
  return [
    ...(added.length > 0 ? [`permitted  ${added.join(', ')}`] : []),
    ...outcomeLines('pool', pool),
    ...clients.flatMap(({ id, ...outcome }) => outcomeLines(`client ${id}`, outcome)),
  ];
}
