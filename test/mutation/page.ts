/** The table of docs/mutation.md: one row for each file, of the last run that looked at the whole of it. */

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { percentOf, type Score, sumOf } from './scores.ts';

/** What a run found in a file, and in which source. */
interface Row extends Score {
  date: string;
  /** The first of what `git hash-object FILE` says. */
  source: string;
}

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'mutation.md');
const PUBLISHED = /(?<=<!-- mutation -->\n)[^]*?(?=\n<!-- \/mutation -->)/;
const ROW = /^\| (shared\/\S+) \| (\d+) \| (\d+) \| \S+ % \| (\S+) \| (\S+) \|$/gm;

export function readRows(): Row[] {
  return [...readFileSync(PAGE, 'utf8').matchAll(ROW)].map(
    ([, file = '', mutants, survived, date = '', source = '']) => ({
      file,
      mutants: Number(mutants),
      survived: Number(survived),
      date,
      source,
    }),
  );
}

/** Takes the place of these files' rows, and of the sum. Rows of files that are gone go. */
export function publish(scores: readonly Score[], files: readonly string[]): void {
  const date = new Date().toISOString().slice(0, 10);
  const rows = new Map(readRows().map((row) => [row.file, row]));
  for (const score of scores) rows.set(score.file, { ...score, date, source: sourceOf(score.file) });
  const kept = [...rows.values()].filter(({ file }) => files.includes(file));
  const text = readFileSync(PAGE, 'utf8').replace(PUBLISHED, () => table(kept));
  writeFileSync(PAGE, text);
}

/** Those of the files without a row of what they are now. */
export function changedSince(files: readonly string[]): string[] {
  const sources = new Map(readRows().map(({ file, source }) => [file, source]));
  return files.filter((file) => sources.get(file) !== sourceOf(file));
}

function sourceOf(file: string): string {
  const content = readFileSync(file);
  const hash = createHash('sha1').update(`blob ${content.length}\0`).update(content);
  return hash.digest('hex').slice(0, 7);
}

function table(rows: readonly Row[]): string {
  const sorted = rows.toSorted((a, b) => (a.file < b.file ? -1 : 1));
  return [
    '| file | mutants | survived | score | run of | source |',
    '|---|---|---|---|---|---|',
    ...[...sorted, { ...sumOf(rows), date: '', source: '' }].map(
      ({ file, mutants, survived, date, source }) =>
        `| ${file} | ${mutants} | ${survived} | ${percentOf({ mutants, survived }).toFixed(1)} % | ${date} | ${source} |`,
    ),
  ].join('\n');
}
