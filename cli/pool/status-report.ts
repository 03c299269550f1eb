/** The status of pools in words. */

import { printable } from '../../shared/policy/print.ts';
import type { Refusals } from '../../shared/pool/metrics.ts';
import { paint } from '../paint.ts';
import { slotText } from './slot-text.ts';
import { findingsOf, type PoolStatus, type Status, type TriggerStatus } from './status.ts';

export function statusAsText(status: Status): string {
  const findings = findingsOf(status);
  return [
    ...status.pools.map(poolLines),
    [
      ...countLines('would_deny', status.wouldDeny, status.sinceHours),
      ...countLines('deny', status.denied, status.sinceHours),
    ].join('\n'),
    ...(findings.length > 0
      ? [findings.map((finding) => `${paint('red', 'finding')}  ${printable(finding)}`).join('\n')]
      : []),
  ].join('\n\n');
}

function poolLines({ pool, triggers, others, replicas }: PoolStatus): string {
  return [
    `user pool ${pool.id} (${printable(pool.name)}${pool.tier ? `, ${pool.tier}` : ''}) in ${pool.region}`,
    ...triggers.map(triggerLine),
    ...(others.length > 0 ? [`  others: ${others.map(printable).join(', ')}`] : []),
    ...(replicas ?? []).map(
      ({ region, role, status }) =>
        `  replica in ${region} (${role}, ${status}), with triggers of its own: --region ${region}`,
    ),
  ].join('\n');
}

const PERMISSIONS = { exact: 'may call it', wide: 'may call it, and others too', none: 'may NOT call it' };

function triggerLine({ trigger, attached, ours, permission, mode }: TriggerStatus): string {
  const facts = [
    attached && ours === false && 'not ours',
    mode && `mode ${mode}`,
    permission && `the pool ${PERMISSIONS[permission]}`,
  ].filter(Boolean);
  return `  ${attached ? '●' : '○'} ${trigger.padEnd(22)} ${slotText(attached)}${facts.length > 0 ? `  (${facts.join(', ')})` : ''}`;
}

/** In an account and Region the stages count together. */
export function countLines(name: string, refusals: Refusals[] | null, sinceHours: number): string[] {
  if (refusals === null) return [`${name}: not known`];
  if (refusals.length === 0) return [`${name}: none in the last ${sinceHours} h, in this account and Region`];
  return [
    `${name} in the last ${sinceHours} h, in this account and Region:`,
    ...refusals.map(({ trigger, code, count }) => `  ${String(count).padStart(8)} ${trigger} ${code}`),
  ];
}
