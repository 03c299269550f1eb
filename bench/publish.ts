/** The last results in the docs: between `<!-- bench -->` and `<!-- /bench -->`, so that no number is copied by hand. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { budgetsOf, type Results, table } from './report.ts';

const ROOT = join(import.meta.dirname, '..');

/** What each page says, by its path. */
export const PAGES: Record<string, (results: Results) => string> = {
  'README.md': budgetTable,
  'docs/bench.md': (results) => `\`\`\`text\n${table(results)}\n\`\`\``,
};

/** The part of a page that the bench writes. */
export const PUBLISHED = /(?<=<!-- bench -->\n)[^]*?(?=\n<!-- \/bench -->)/;

export function publish(results: Results): void {
  for (const [page, render] of Object.entries(PAGES)) {
    const file = join(ROOT, page);
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(PUBLISHED, () => render(results)),
    );
  }
}

function budgetTable(results: Results): string {
  const rows = budgetsOf(results).map(
    ({ what, value, limit, unit }) => `| ${what} | ${value.toFixed(2)} ${unit} | ${limit} ${unit} |`,
  );
  return ['| | measured | at most |', '|---|---|---|', ...rows].join('\n');
}
