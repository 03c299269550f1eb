/** The results as a table for a terminal, with the budgets beside them. */

import { TRIGGERS } from './contenders.ts';
import type { Latency, Warm } from './measure.ts';

export interface Results {
  machine: string;
  date: string;
  quick: boolean;
  plan: Record<'cold' | 'warm' | 'tokens' | 'seen' | 'remembered', number> &
    Record<'rules' | 'groups', number[]>;
  contenders: Record<string, { label: string; gzipBytes: number }>;
  coldMs: Record<string, { p50: number; p25: number }>;
  warmUs: Record<string, Warm>;
  /** Held for each remembered token. */
  rememberedBytes: Record<string, number>;
  /** By measure (`bench/probes/policy.ts`) and number of rules. */
  policyUs: Record<string, Record<string, number>>;
  /** By measure and number of groups, each with a rule of its own. */
  groupUs: Record<string, Record<string, number>>;
  /** By number of groups: the compiled policy, and the document of a caller in all of them. */
  groupBytes: Record<string, { policy: number; document: number }>;
}

export interface Budget {
  what: string;
  value: number;
  /** At most. */
  limit: number;
  unit: string;
}

/** design.md, section 6, in its order. */
export function budgetsOf({ coldMs, warmUs, policyUs, contenders }: Results): Budget[] {
  const cold = (name: string) => coldMs[name]?.p50 ?? Number.NaN;
  const warm = (name: string, kind: keyof Warm) => warmUs[name]?.[kind].p50 ?? Number.NaN;
  const decide = Object.values(policyUs['decide'] ?? {});
  const slowestTrigger = Math.max(...Object.keys(TRIGGERS).map(cold));
  const ours = (contenders['authorizer']?.gzipBytes ?? Number.NaN) / 1000;
  return [
    { what: 'authorizer cold', value: cold('authorizer') / cold('bare'), limit: 1.2, unit: 'x B' },
    { what: 'authorizer cold', value: cold('authorizer') / cold('usual'), limit: 0.3, unit: 'x S' },
    {
      what: 'fresh token, warm',
      value: warm('authorizer', 'fresh') / warm('bare', 'fresh'),
      limit: 1.8,
      unit: 'x B',
    },
    {
      what: 'token seen before, warm',
      value: warm('authorizer', 'seen') / warm('bare', 'seen'),
      limit: 0.3,
      unit: 'x B',
    },
    {
      what: 'decide, most rules to 10',
      value: (decide.at(-1) ?? Number.NaN) / (decide[0] ?? Number.NaN),
      limit: 2,
      unit: 'x',
    },
    {
      what: 'compile for a caller, 200 rules',
      value: (policyUs['caller']?.['200'] ?? Number.NaN) / 1000,
      limit: 1,
      unit: 'ms',
    },
    { what: 'authorizer bundle, gzip', value: ours, limit: 60, unit: 'kB' },
    { what: 'slowest trigger cold', value: slowestTrigger / cold('usual'), limit: 0.8, unit: 'x S' },
  ];
}

export function table(results: Results): string {
  return [
    `${results.machine}, ${results.date}${results.quick ? ', QUICK: too few rounds to go by' : ''}`,
    '',
    grid(
      [
        '',
        'bundle',
        'cold',
        'x B',
        'fresh p50',
        'p99',
        'x B',
        'seen p50',
        'p99',
        'x B',
        'CPU/1M fresh',
        'seen',
      ],
      contenderRows(results),
    ),
    '',
    grid(['memory for each remembered token', ''], memoryRows(results)),
    '',
    grid(['rules', ...results.plan.rules.map(String)], policyRows(results)),
    '',
    grid(['groups, each with a rule', ...results.plan.groups.map(String)], groupRows(results)),
    '',
    grid(['budget', 'measured', 'limit', ''], budgetsOf(results).map(budgetRow)),
    '',
    'Medians. cold: import and first answer in a fresh process. fresh, seen: a token not seen, and seen, before.',
  ].join('\n');
}

function contenderRows({ contenders, coldMs, warmUs }: Results): string[][] {
  const base = { cold: coldMs['bare']?.p50, fresh: warmUs['bare']?.fresh, seen: warmUs['bare']?.seen };
  const ratio = (value: number, of = Number.NaN) => (value / of).toFixed(2);
  return Object.entries(contenders).map(([name, { label, gzipBytes }]) => {
    const cold = coldMs[name]?.p50 ?? Number.NaN;
    const warm = warmUs[name];
    const latency = ({ p50, p99 }: Latency, of?: Latency) => [us(p50), us(p99), ratio(p50, of?.p50)];
    return [
      label,
      kB(gzipBytes),
      `${cold.toFixed(1)} ms`,
      ratio(cold, base.cold),
      ...(warm
        ? [
            ...latency(warm.fresh, base.fresh),
            ...latency(warm.seen, base.seen),
            seconds(warm.fresh),
            seconds(warm.seen),
          ]
        : []),
    ];
  });
}

function memoryRows({ rememberedBytes, contenders, plan }: Results): string[][] {
  return Object.entries(rememberedBytes).map(([name, bytes]) => [
    contenders[name]?.label ?? name,
    `${Math.max(0, bytes / 1000).toFixed(2)} kB, ${((bytes * plan.remembered) / 1e6).toFixed(1)} MB for ${plan.remembered}`,
  ]);
}

const POLICY_LABELS: Record<string, string> = {
  build: 'read and compile the policy (build time)',
  decide: 'decide',
  cedar: 'Cedar (wasm, parsed beforehand): decide',
  caller: 'compile for a caller with 1 group',
  callerOfMany: 'compile for a caller with 100 groups',
};

function policyRows({ policyUs, plan }: Results): string[][] {
  return Object.entries(policyUs).map(([name, times]) => [
    POLICY_LABELS[name] ?? name,
    ...plan.rules.map((rules) => us(times[rules] ?? Number.NaN)),
  ]);
}

const GROUP_LABELS: Record<string, string> = {
  build: 'read and compile the policy (build time)',
  decide: 'decide, for a caller in all of them',
  caller: 'compile for a caller in all of them',
};

function groupRows({ groupUs, groupBytes, plan }: Results): string[][] {
  const times = Object.entries(groupUs).map(([name, measured]) => [
    GROUP_LABELS[name] ?? name,
    ...plan.groups.map((groups) => us(measured[groups] ?? Number.NaN)),
  ]);
  const sizes = (what: 'policy' | 'document') =>
    plan.groups.map((groups) => kB(groupBytes[groups]?.[what] ?? Number.NaN));
  return [
    ...times,
    ['compiled policy', ...sizes('policy')],
    ['document of a caller in all of them (limit 8 kB)', ...sizes('document')],
  ];
}

function budgetRow({ what, value, limit, unit }: Budget): string[] {
  return [what, `${value.toFixed(2)} ${unit}`, `<= ${limit} ${unit}`, value <= limit ? 'met' : 'NOT MET'];
}

/** Text on the left, numbers on the right. */
function grid(head: string[], rows: string[][]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}

function kB(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

function seconds({ cpu }: Latency): string {
  return `${cpu.toFixed(0)} s`;
}

export function us(value: number): string {
  if (value < 1000) return `${value.toFixed(1)} µs`;
  return value < 1e6 ? `${(value / 1000).toFixed(1)} ms` : `${(value / 1e6).toFixed(2)} s`;
}
