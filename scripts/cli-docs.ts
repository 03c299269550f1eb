/** `npm run cli-docs`: writes docs/cli.md from the command's definition. A test fails when it is out of date. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliPage } from './cli-page.ts';
import { createProgram } from '../cli/program.ts';

writeFileSync(join(import.meta.dirname, '..', 'docs', 'cli.md'), cliPage(createProgram(() => undefined)));
