/** How a function is bundled, and with it whatever `npm run bench` puts beside it. */

import { resolve } from 'node:path';
import type { BuildOptions } from 'esbuild';

export const ROOT = resolve(import.meta.dirname, '..');

export const BUNDLE = {
  absWorkingDir: ROOT,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Node's `import` condition first: a CommonJS build of a library would need `require`.
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
} satisfies BuildOptions;
