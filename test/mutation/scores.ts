/** What a mutation run found, by file. */

import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Stryker } from '@stryker-mutator/core';

export type MutantResult = Awaited<ReturnType<Stryker['runMutationTest']>>[number];

export interface Score {
  file: string;
  mutants: number;
  /** The others are noticed by a test, or by its time. */
  survived: number;
}

/** True for a mutant that no test notices, or that none reaches. */
export function isMissed({ status }: MutantResult): boolean {
  return status === 'Survived' || status === 'NoCoverage';
}

/** Mutants that cannot run at all count for nothing. */
export function scoresOf(results: readonly MutantResult[]): Score[] {
  const ran = results.filter((each) => ['Killed', 'Timeout'].includes(each.status) || isMissed(each));
  const byFile = Object.groupBy(ran, ({ fileName }) => relative(process.cwd(), fileName));
  return Object.entries(byFile).map(([file, list = []]) => ({
    file,
    mutants: list.length,
    survived: list.filter(isMissed).length,
  }));
}

export function sumOf(scores: readonly Score[]): Score {
  const sum = { file: 'all', mutants: 0, survived: 0 };
  for (const { mutants, survived } of scores) {
    sum.mutants += mutants;
    sum.survived += survived;
  }
  return sum;
}

export function percentOf({ mutants, survived }: Omit<Score, 'file'>): number {
  return (1 - survived / mutants) * 100;
}

/** `file:line:column`, what is there, and what could be there. The report counts lines and columns from 1. */
export function asText({
  fileName,
  location: { start, end },
  mutatorName,
  replacement,
}: MutantResult): string {
  const lines = readFileSync(fileName, 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line);
  lines[lines.length - 1] = (lines.at(-1) ?? '').slice(0, end.column - 1);
  lines[0] = (lines[0] ?? '').slice(start.column - 1);
  const place = `${relative(process.cwd(), fileName)}:${start.line}:${start.column}`;
  return `${place} ${mutatorName}\n- ${lines.join('\n  ')}\n+ ${replacement}`;
}
