/** What a mutation run found, by file. */

import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Stryker } from '@stryker-mutator/core';

export type MutantResult = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

export interface Score {
  file: string;
  mutants: number;
  /** Noticed by a test, or by its time. */
  killed: number;
  survived: number;
  percent: number;
}

/** True for a mutant that no test notices, or that none reaches. */
export function isMissed({ status }: MutantResult): boolean {
  return status === 'Survived' || status === 'NoCoverage';
}

/** Mutants that cannot run at all count for nothing. */
export function scoresOf(results: readonly MutantResult[]): Score[] {
  const ran = results.filter((each) => ['Killed', 'Timeout'].includes(each.status) || isMissed(each));
  const byFile = Object.groupBy(ran, ({ fileName }) => relative(process.cwd(), fileName));
  return Object.entries(byFile)
    .map(([file, list = []]) => scoreOf(file, list))
    .toSorted((a, b) => (a.file < b.file ? -1 : 1));
}

function scoreOf(file: string, list: readonly MutantResult[]): Score {
  const survived = list.filter(isMissed).length;
  const killed = list.length - survived;
  return { file, mutants: list.length, killed, survived, percent: (killed / list.length) * 100 };
}

/** As Markdown. */
export function table(scores: readonly Score[]): string {
  const total = scoreOf('all', []);
  for (const { mutants, killed, survived } of scores) {
    total.mutants += mutants;
    total.killed += killed;
    total.survived += survived;
  }
  total.percent = (total.killed / total.mutants) * 100;
  return [
    `Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`,
    '',
    '| file | mutants | killed | survived | score |',
    '|---|---|---|---|---|',
    ...[...scores, total].map(
      ({ file, mutants, killed, survived, percent }) =>
        `| ${file} | ${mutants} | ${killed} | ${survived} | ${percent.toFixed(1)} % |`,
    ),
  ].join('\n');
}

/** `file:line:column`, what is there, and what could be there. */
export function asText({
  fileName,
  location: { start, end },
  mutatorName,
  replacement,
}: MutantResult): string {
  const lines = readFileSync(fileName, 'utf8')
    .split('\n')
    .slice(start.line, end.line + 1);
  lines[lines.length - 1] = (lines.at(-1) ?? '').slice(0, end.column);
  lines[0] = (lines[0] ?? '').slice(start.column);
  const place = `${relative(process.cwd(), fileName)}:${start.line + 1}:${start.column + 1}`;
  return `${place} ${mutatorName}\n- ${lines.join('\n  ')}\n+ ${replacement}`;
}
