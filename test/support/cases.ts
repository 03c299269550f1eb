/** Case files: YAML tables in test/cases, read as they are. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export function readCases<T>(file: string): T {
  return parse(readFileSync(join(import.meta.dirname, '..', 'cases', file), 'utf8')) as T;
}
