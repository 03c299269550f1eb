/** `npm run build:cli [-- --out DIR]`: the command, and beside it what it loads lazily, for Node 20 and newer. */

import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '..');
const { values } = parseArgs({ options: { out: { type: 'string', default: join(ROOT, 'dist') } } });
const outdir = resolve(values.out);
// Chunks have names of their own in each build; old ones would stay.
for (const file of existsSync(outdir) ? readdirSync(outdir) : [])
  if (/^chunk-\w+\.mjs$/.test(file)) rmSync(join(outdir, file));

await build({
  absWorkingDir: ROOT,
  entryPoints: { gatehouse: 'cli/main.ts' },
  outdir,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunk-[hash]',
  splitting: true,
  bundle: true,
  format: 'esm',
  platform: 'node',
  // Of the SDK, what is used: its CommonJS build cannot be taken apart.
  mainFields: ['module', 'main'],
  target: 'node20.19',
  minify: true,
  legalComments: 'none',
  // Some libraries are CommonJS and call `require` for Node's own modules.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
chmodSync(join(outdir, 'gatehouse.mjs'), 0o755);
