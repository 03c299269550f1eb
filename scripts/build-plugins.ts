/** What the functions' bundles are made with beside esbuild itself: what is put into them, and what is kept out. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type OutputFile, type Plugin } from 'esbuild';
import type { MailTemplates } from '../shared/mail/templates.ts';
import { ROOT } from './bundle-options.ts';

/** The compiled policy as JSON text, its SHA-256, and how the authorizer answers. */
interface BuiltPolicy {
  json: string;
  hash: string;
  answerMode: string;
}

const LOGGER_AND_MIDDY = /node_modules\/(?:@aws-lambda-powertools\/logger|@middy)\//;

/** The virtual modules `gatehouse:*` (`shared/runtime/gatehouse-modules.d.ts`). */
export function embedded(policy: BuiltPolicy, templates: MailTemplates): Plugin[] {
  return [policyModule(policy), callerModule(policy), keysModule(), templatesModule(templates)];
}

/** `gatehouse:policy`. As JSON text, which V8 parses faster than an object literal, and `__proto__` stays a key. */
function policyModule({ json, hash, answerMode }: BuiltPolicy): Plugin {
  return virtualModule(
    'gatehouse:policy',
    `export const policy = JSON.parse(${JSON.stringify(json)}); export const policyHash = "${hash}"; export const answerMode = "${answerMode}";`,
  );
}

/** `gatehouse:caller-document`: a bundle for single requests does not carry what answers for a caller. */
function callerModule({ answerMode }: BuiltPolicy): Plugin {
  return virtualModule(
    'gatehouse:caller-document',
    answerMode === 'caller'
      ? "export { callerDocument } from './shared/policy/iam/document.ts';"
      : 'export const callerDocument = null;',
  );
}

/** `gatehouse:keys`: `keys.json` at the root, if there is one. */
function keysModule(): Plugin {
  const file = join(ROOT, 'keys.json');
  const json = existsSync(file) ? JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))) : 'null';
  return virtualModule('gatehouse:keys', `export const embeddedKeys = JSON.parse(${JSON.stringify(json)});`);
}

/** `gatehouse:templates`: the folder `templates` at the root. */
function templatesModule(templates: MailTemplates): Plugin {
  return virtualModule('gatehouse:templates', `export const mailTemplates = ${JSON.stringify(templates)};`);
}

/** aws-jwt-verify's layer over Node, which loads `node:https` among others: ours costs a cold start 8 ms less. */
const ownCrypto: Plugin = {
  name: 'own-crypto',
  setup({ onResolve }) {
    onResolve({ filter: /^#node-web-compat$/ }, () => ({ path: join(ROOT, 'shared/token/node-crypto.ts') }));
  },
};

/**
 * What the logger and middy import of Node, without importing it: that reads every export of such a module, and loads
 * `node:crypto` (5 ms) for a function that never verifies anything.
 */
const leanBuiltins = [
  virtualModule(
    'node:crypto',
    'export const randomInt = (...args) => process.getBuiltinModule("node:crypto").randomInt(...args);',
    LOGGER_AND_MIDDY,
  ),
  virtualModule(
    'node:console',
    'export const { Console } = process.getBuiltinModule("node:console");',
    LOGGER_AND_MIDDY,
  ),
  virtualModule('node:timers', 'export const { setTimeout } = globalThis;', LOGGER_AND_MIDDY),
];

/**
 * Half of idn-hostname's table says what a character is mapped to. `hostToAscii` refuses whatever would be mapped,
 * and without the entry the library refuses it too.
 */
const withoutIdnaMappings: Plugin = {
  name: 'without-idna-mappings',
  setup({ onLoad }) {
    onLoad({ filter: /idnaMappingTableCompact\.json$/ }, ({ path }) => {
      const table = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
      return { contents: JSON.stringify({ ...table, mappings: {} }), loader: 'json' };
    });
  },
};

/** What keeps a cold start short. */
export const lean = [ownCrypto, ...leanBuiltins, withoutIdnaMappings];

/** What was bundled for a dynamic import: functions that have it in common get the same files. */
export type Chunks = Map<string, Promise<OutputFile[]>>;

/**
 * Each dynamic import as a chunk of its own that shares nothing. esbuild's own splitting puts what two files share, if
 * only its helpers, into a third, which every cold start then loads: 1 ms.
 */
export function lazyChunks(options: BuildOptions & { outdir: string }, chunks: Chunks): Plugin {
  return {
    name: 'lazy-chunks',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, async ({ kind, path, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined;
        const source = join(resolveDir, path);
        const files = chunks.get(source) ?? bundleChunk(source, options);
        chunks.set(source, files);
        mkdirSync(options.outdir, { recursive: true });
        for (const { path: file, contents } of await files)
          writeFileSync(join(options.outdir, basename(file)), contents);
        const chunk = (await files).find(({ path: file }) => file.endsWith('.mjs'));
        return { path: `./${basename(chunk?.path ?? '')}`, external: true };
      });
    },
  };
}

async function bundleChunk(source: string, options: BuildOptions): Promise<OutputFile[]> {
  const { outputFiles } = await build({
    ...options,
    entryPoints: [source],
    entryNames: 'chunk-[hash]',
    write: false,
  });
  return outputFiles;
}

/** A chunk is written when its import is seen; what imports it may then be left out, for nobody uses it. */
export function removeUnusedChunks(outdir: string): void {
  const bundle = readFileSync(join(outdir, 'index.mjs'), 'utf8');
  for (const file of readdirSync(outdir))
    if (file.startsWith('chunk-') && !bundle.includes(file.replace(/\.map$/, ''))) rmSync(join(outdir, file));
}

/** `importers`: who gets it; everyone else gets what the name stands for. */
function virtualModule(name: string, contents: string, importers = /(?:)/): Plugin {
  return {
    name,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${name}$`) }, ({ importer }) =>
        importers.test(importer.replaceAll('\\', '/')) ? { path: name, namespace: name } : undefined,
      );
      onLoad({ filter: /.*/, namespace: name }, () => ({ contents, loader: 'js', resolveDir: ROOT }));
    },
  };
}
