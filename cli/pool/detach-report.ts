/** What detaching changes, and what became of it, for people and for tools. */

import { printable } from '../../shared/policy/print.ts';
import { paint } from '../paint.ts';
import { changeLine, refusalLines } from './attach-report.ts';
import type { DetachedPool } from './detach.ts';
import { outcomeLines } from './outcome-text.ts';

/** The shape of `--json`: docs/attach.md. */
export function detachedAsJson({ pool, plan, previous, customAuthClients, warnings, written }: DetachedPool) {
  return {
    pool,
    changes: plan.changes,
    previous: Object.entries(previous).map(([trigger, { takenAt, file }]) => ({ trigger, takenAt, file })),
    refusals: plan.refusals,
    warnings,
    customAuthClients,
    written,
  };
}

export function detachedAsText({
  pool,
  plan,
  previous,
  customAuthClients,
  warnings,
  written,
}: DetachedPool): string {
  const notes = plan.changes.flatMap(({ trigger }) => {
    const was = previous[trigger];
    return was ? [`${trigger} as it was before ${was.takenAt} (${was.file})`] : [];
  });
  return [
    `user pool ${pool.id} (${printable(pool.name)}) in ${pool.region}`,
    ...(plan.changes.length === 0 ? ['  none of the functions is attached'] : plan.changes.map(changeLine)),
    ...customAuthClients.map((id) => `  - ALLOW_CUSTOM_AUTH of ${id}, which attaching had added`),
    ...[...notes, ...warnings].map((note) => `${paint('yellow', 'note')}     ${printable(note)}`),
    ...plan.refusals.flatMap(refusalLines),
    ...(written ? writtenLines(written) : []),
  ].join('\n');
}

function writtenLines({ clients, pool, permissions }: NonNullable<DetachedPool['written']>): string[] {
  const removed = permissions.filter(({ state }) => state === 'removed').map(({ trigger }) => trigger);
  return [
    ...clients.flatMap(({ id, ...outcome }) => outcomeLines(`client ${id}`, outcome)),
    ...(pool ? outcomeLines('pool', pool) : []),
    ...(removed.length > 0 ? [`permission removed  ${removed.join(', ')}`] : []),
  ];
}
