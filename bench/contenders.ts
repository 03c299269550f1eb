/** Who takes part, and how each is bundled: as `scripts/build.ts` bundles the functions. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { BUNDLE, ROOT } from '../scripts/bundle-options.ts';

export interface Contender {
  name: string;
  /** How the table calls it. */
  label: string;
  file: string;
  /** Of what a cold start loads; lazily loaded chunks are not in it. */
  gzipBytes: number;
}

const PEERS: [name: string, label: string][] = [
  ['nothing', 'nothing (Node itself)'],
  ['raw-crypto', 'crypto.verify alone'],
  ['bare', 'B: aws-jwt-verify'],
  ['jose', 'jose'],
  ['jsonwebtoken', 'jsonwebtoken + jwks-rsa'],
  ['fast-jwt', 'fast-jwt, its cache on'],
  ['usual', 'S: middy, Powertools, DynamoDB'],
];
/** CommonJS libraries, which call `require` for what is Node's own. */
const needsRequire = ([name]: [name: string, label: string]) => ['jsonwebtoken', 'fast-jwt'].includes(name);
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
/** Each with a sample event that it decides without a call. */
export const TRIGGERS: Readonly<Record<string, string>> = {
  'pre-sign-up': 'sign-up',
  'post-confirmation': 'forgot-password',
  'inbound-federation': 'oidc-other-domain',
  'pre-token-generation': 'v2-hosted-auth',
  'define-auth-challenge': 'first',
  'create-auth-challenge': 'first',
  'verify-auth-challenge': 'choice',
};

/** Contenders for the authorizer, ours last, and our triggers. */
export async function buildContenders(
  folder: string,
): Promise<{ authorizers: Contender[]; triggers: Contender[] }> {
  const source = ([name]: (typeof PEERS)[number]) => join('bench', 'contenders', `${name}.ts`);
  const [commonJs, others] = [PEERS.filter(needsRequire), PEERS.filter((peer) => !needsRequire(peer))];
  await bundle(others.map(source), folder);
  await bundle(commonJs.map(source), folder, REQUIRE);
  const out = join(folder, 'functions');
  const args = [
    join(ROOT, 'scripts', 'build.ts'),
    '--policy',
    join(ROOT, 'bench', 'policy.yml'),
    '--out',
    out,
  ];
  execFileSync(process.execPath, args, { cwd: ROOT });
  const ours = (name: string, label: string) => contender(name, label, join(out, name, 'index.mjs'));
  return {
    authorizers: [
      ...PEERS.map(([name, label]) => contender(name, label, join(folder, `${name}.mjs`))),
      ours('authorizer', 'Gatehouse authorizer'),
    ],
    triggers: Object.keys(TRIGGERS).map((name) => ours(name, `Gatehouse ${name}`)),
  };
}

/** The programs that run a contender: plain JavaScript, so that a fresh process has no types to strip. */
export async function buildProbes(folder: string): Promise<(name: 'cold' | 'warm' | 'memory') => string> {
  await bundle(
    ['cold', 'warm', 'memory'].map((name) => join('bench', 'probes', `${name}.ts`)),
    join(folder, 'probes'),
  );
  return (name) => join(folder, 'probes', `${name}.mjs`);
}

async function bundle(files: string[], outdir: string, banner = ''): Promise<void> {
  await build({ ...BUNDLE, entryPoints: files, outdir, banner: { js: banner }, logLevel: 'error' });
}

function contender(name: string, label: string, file: string): Contender {
  return { name, label, file, gzipBytes: gzipSync(readFileSync(file), { level: 9 }).length };
}
