/**
 * `npm run build [-- --stage NAME | --policy FILE] [--out DIR]`: one self-contained bundle for each function, the policy compiled
 * into it. A policy that is not valid, or that this version cannot enforce, builds nothing.
 */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { loadPolicy } from '../cli/policy-file.ts';
import { readService } from '../cli/serverless.ts';
import { loadTemplates } from '../cli/template-files.ts';
import { type BundleStamp, removeStamp, serializeArtefact, writeStamp } from '../deploy/bundle-stamp.ts';
import { knownApi } from '../shared/deployment/known-api.ts';
import type { Artefact } from '../shared/policy/artefact.ts';
import { callerIssues, type KnownApi } from '../shared/policy/iam/exactness.ts';
import { type Chunks, embedded, lazyChunks, lean, removeUnusedChunks } from './build-plugins.ts';
import { BUNDLE, ROOT } from './bundle-options.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      policy: { type: 'string' },
      stage: { type: 'string' },
      param: { type: 'string', multiple: true, default: [] },
      out: { type: 'string', default: 'build' },
    },
  });
  const { policyFile, answerMode, api } = await readSettings(values);
  if (answerMode !== 'request' && answerMode !== 'caller')
    throw new Error('ANSWER_MODE must be request or caller');
  const { artefact } = loadPolicy(policyFile);
  if (answerMode === 'caller') refuseWhatIamCannotSay(artefact, policyFile, api);
  const { json, hash } = serializeArtefact(artefact);
  const templates = loadTemplates(relative(process.cwd(), join(ROOT, 'templates')));
  const plugins = [...embedded({ json, hash, answerMode }, templates), ...lean];
  await buildFunctions(resolve(values.out), plugins, { policy: hash, answerMode });
}

/** What a bundle is built for: what a stage of serverless.yml says, or what the command line and environment do. */
async function readSettings({
  policy,
  stage,
  param,
}: {
  policy?: string | undefined;
  stage?: string | undefined;
  param: string[];
}) {
  if (stage === undefined)
    return {
      policyFile: policy ?? 'policy.yml',
      answerMode: process.env['ANSWER_MODE'] || 'request',
      api: {},
    };
  if (policy !== undefined)
    throw new Error(
      '--policy and --stage are both given\n  help: a stage names its own policy, as `policyFile`',
    );
  const service = await readService(join(ROOT, 'serverless.yml'), { stage, param });
  const { policyFile = 'policy.yml', answerMode = 'request', ...settings } = service.custom?.gatehouse ?? {};
  const { api, wrong } = knownApi({ ...settings, stage });
  if (wrong.length > 0)
    throw new Error(`no route of an API: ${wrong.join(', ')}\n  help: write them as \`GET /articles/{id}\``);
  return {
    policyFile: relative(process.cwd(), resolve(ROOT, policyFile)),
    answerMode,
    api,
  };
}

function refuseWhatIamCannotSay(artefact: Artefact, file: string, api: KnownApi): void {
  const issues = callerIssues(artefact, api);
  if (issues.length === 0) return;
  const lines = issues.map(
    ({ rules, message, hint }) => `  ${rules.join(', ')}: ${message}\n    help: ${hint}`,
  );
  throw new Error(`${file} cannot be answered for in \`caller\` mode:\n${lines.join('\n')}`);
}

/** Builds beside the old bundles and swaps at the end, so that a failure leaves what was there. */
async function buildFunctions(
  out: string,
  plugins: Plugin[],
  built: Omit<BundleStamp, 'bundles'>,
): Promise<void> {
  mkdirSync(out, { recursive: true });
  const fresh = mkdtempSync(join(out, '.building-'));
  try {
    const names = readdirSync(join(ROOT, 'functions'));
    const chunks: Chunks = new Map();
    for (const name of names) await buildFunction(name, join(fresh, name), { plugins, chunks });
    removeStamp(out);
    for (const name of names) {
      assertBundleFolder(join(out, name));
      rmSync(join(out, name), { recursive: true, force: true });
      renameSync(join(fresh, name), join(out, name));
    }
    writeStamp(out, names, built);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Only what a build has made is replaced: `--out` may name a folder with other things in it. */
function assertBundleFolder(folder: string): void {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const foreign = files.find((file) => !/^(?:index|chunk-\w+)\.mjs(?:\.map)?$/.test(file));
  if (foreign !== undefined) {
    throw new Error(
      `${folder} holds ${foreign}, which is no bundle\n  help: give another folder with --out, or empty this one`,
    );
  }
}

async function buildFunction(
  name: string,
  outdir: string,
  { plugins, chunks }: { plugins: Plugin[]; chunks: Chunks },
): Promise<void> {
  const options = {
    ...BUNDLE,
    outdir,
    sourcemap: true,
    sourcesContent: false,
    // A bundle that awaits at the top cannot be loaded by `require`, which local runners use.
    supported: { 'top-level-await': false },
    logLevel: 'warning',
  } satisfies BuildOptions;
  await build({
    ...options,
    entryPoints: { index: join('functions', name, 'handler.ts') },
    plugins: [...plugins, lazyChunks({ ...options, plugins }, chunks)],
  });
  removeUnusedChunks(outdir);
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 3;
});
