/**
 * The sample events of events/ as something that can be invoked: committed events carry `${idToken}` and the like, which
 * are filled with fresh tokens of a throw-away key. Only the environment made here trusts that key.
 */

import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parse } from 'yaml';
import type { SampleTable } from './aws/sample-table.ts';
import {
  accessClaims,
  CLIENT,
  CUT_SESSION,
  idClaims,
  machineClaims,
  POOL,
  REVOKED_USER,
} from './sample-tokens.ts';
import { type Claims, signToken } from './pool/keys.ts';

const ROOT = join(import.meta.dirname, '..');
export const EVENTS = join(ROOT, 'events');
/** Ignored by git. */
const LOCAL = join(ROOT, '.local');

export interface Sample {
  /** The trigger source, or the front end: what AWS calls the sender. */
  source: string;
  /** With policy.yml. Authorizer: `effect code rule`; triggers: `unchanged`, the response's changes, the refusal or failure. */
  ends: string | number | { refused: string } | { failed: string } | Record<string, unknown>;
}

interface SampleKey {
  kid: string;
  pem: string;
  jwk: Record<string, unknown>;
}

/** What each event is and how it ends: `events/manifest.yml`, by function and case. */
export function readManifest(): Record<string, Record<string, Sample>> {
  return parse(readFileSync(join(EVENTS, 'manifest.yml'), 'utf8')) as Record<string, Record<string, Sample>>;
}

/** Whether a function asks the table who is cut off or blocked (`aws/sample-table.ts`). */
export function asksWhoIsRevoked(functionName: string): boolean {
  return ['authorizer', 'pre-token-generation'].includes(functionName);
}

/** That table, of its own; what it takes is loaded for it. */
export async function openSampleTable(): Promise<SampleTable> {
  const { startSampleTable } = await import('./aws/sample-table.ts');
  return startSampleTable();
}

/** The environment in which a function takes the sample events, but for the table. */
export function sampleEnvironment(functionName: string): Record<string, string> {
  switch (functionName) {
    case 'authorizer':
      return {
        USER_POOL_IDS: POOL,
        APP_CLIENT_IDS: CLIENT,
        TOKEN_USE: 'any',
        AUTHORIZER_TTL_SECONDS: '0',
        JWKS: JSON.stringify({ keys: [sampleKey().jwk] }),
      };
    case 'demo':
      return { CORS_ORIGIN: '*' };
    default:
      return { APP_CLIENT_IDS: CLIENT, MODE: 'enforce' };
  }
}

/** Writes an event with its placeholders filled, valid for an hour, under `.local/events`; gives its path. */
export function fillSample(file: string): string {
  const now = Math.floor(Date.now() / 1000);
  const tokens: Record<string, () => string> = {
    idToken: () => sign(idClaims(now)),
    accessToken: () => sign(accessClaims(now)),
    machineToken: () => sign(machineClaims(now)),
    expiredToken: () => sign(idClaims(now, { exp: now - 60 })),
    revokedUserToken: () => sign(idClaims(now, { sub: REVOKED_USER })),
    cutSessionToken: () => sign(accessClaims(now, { origin_jti: CUT_SESSION })),
  };
  const text = readFileSync(file, 'utf8').replace(/\$\{(\w+)\}/g, (placeholder, name: string) => {
    const token = tokens[name];
    if (!token) throw new Error(`${file}: ${placeholder} is not one of ${Object.keys(tokens).join(', ')}`);
    return token();
  });
  const filled = join(LOCAL, 'events', relative(EVENTS, file));
  writePrivately(filled, text);
  return filled;
}

let key: SampleKey | undefined;

/** Made once for a clone, and readable by its owner only. */
function sign(claims: Claims): string {
  const { kid, pem } = sampleKey();
  return signToken(claims, { kid, privateKey: pem });
}

function sampleKey(): SampleKey {
  const file = join(LOCAL, 'sample-key.json');
  if (!key && !existsSync(file)) writePrivately(file, JSON.stringify(newKey(), null, 2));
  key ??= JSON.parse(readFileSync(file, 'utf8')) as SampleKey;
  return key;
}

function newKey(): SampleKey {
  const kid = 'sample';
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    kid,
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' },
  };
}

/** Whole or not at all: several may be at it at once. */
function writePrivately(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const part = `${file}.${process.pid}`;
  writeFileSync(part, text, { mode: 0o600 });
  renameSync(part, file);
}
