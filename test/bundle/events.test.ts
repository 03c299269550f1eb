import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SampleTable } from '../../sandbox/aws/sample-table.ts';
import type { LocalFunction } from '../../sandbox/lambda.ts';
import { gatewayEffect } from '../../sandbox/outcome.ts';
import {
  asksWhoIsRevoked,
  EVENTS,
  fillSample,
  openSampleTable,
  readManifest,
  type Sample,
  sampleEnvironment,
} from '../../sandbox/samples.ts';
import { auditOf, buildFunctions, Functions, ROOT, temporaryFolder } from '../support/bundles.ts';

/** What AWS documents for each function: contracts A1, A2, A6, A7, A12; B2; B3; B6; B7; B8. */
const SOURCES: Record<string, string[]> = {
  authorizer: [
    'REST TOKEN',
    'REST REQUEST',
    'REST console test',
    'HTTP API 1.0',
    'HTTP API 2.0',
    'WebSocket $connect',
  ],
  'pre-sign-up': ['PreSignUp_SignUp', 'PreSignUp_AdminCreateUser', 'PreSignUp_ExternalProvider'],
  'post-confirmation': ['PostConfirmation_ConfirmSignUp', 'PostConfirmation_ConfirmForgotPassword'],
  'inbound-federation': ['InboundFederation_ExternalProvider'],
  'pre-token-generation': [
    'TokenGeneration_HostedAuth',
    'TokenGeneration_Authentication',
    'TokenGeneration_NewPasswordChallenge',
    'TokenGeneration_AuthenticateDevice',
    'TokenGeneration_RefreshTokens',
    'TokenGeneration_ClientCredentials',
  ],
  'define-auth-challenge': ['DefineAuthChallenge_Authentication'],
  'create-auth-challenge': ['CreateAuthChallenge_Authentication'],
  'verify-auth-challenge': [
    'VerifyAuthChallengeResponse_Authentication',
    'VerifyAuthChallenge_Authentication',
  ],
  demo: ['REST proxy', 'HTTP API 2.0 proxy'],
};

const MANIFEST = readManifest();
const SAMPLES = Object.entries(MANIFEST).flatMap(([fn, samples]) =>
  Object.entries(samples).map(([name, sample]) => ({ fn, name, ...sample })),
);
const folder = temporaryFolder();
const functions = new Functions(folder.path);
const running: Record<string, LocalFunction> = {};
let table: SampleTable;

beforeAll(async () => {
  expect(await buildFunctions(folder.path)).toMatchObject({ code: 0 });
  table = await openSampleTable();
  for (const fn of Object.keys(MANIFEST))
    running[fn] = functions.start(fn, {
      ...sampleEnvironment(fn),
      ...(asksWhoIsRevoked(fn) && table.env),
    });
});
afterAll(() => table.close());

const eventOf = (fn: string, name: string) =>
  JSON.parse(readFileSync(fillSample(join(EVENTS, fn, `${name}.json`)), 'utf8')) as Record<string, unknown>;
const invoke = (fn: string, event: unknown) => (running[fn] as LocalFunction).invoke(event);

describe('the manifest', () => {
  it('has every function, and every function’s every event', () => {
    const files = readdirSync(EVENTS, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.json'),
    );
    expect(SAMPLES.map(({ fn, name }) => join(fn, `${name}.json`)).toSorted()).toEqual(files.toSorted());
    expect(Object.keys(MANIFEST).toSorted()).toEqual(readdirSync(join(ROOT, 'functions')).toSorted());
  });

  it.each(Object.entries(SOURCES))('covers every source of %s', (fn, sources) => {
    const covered = new Set(Object.values(MANIFEST[fn] ?? {}).map(({ source }) => source));
    expect([...covered].toSorted()).toEqual(sources.toSorted());
  });

  it.each(['1', '2', '3'])('covers version %s of pre-token generation', (version) => {
    const versions = Object.keys(MANIFEST['pre-token-generation'] ?? {}).map(
      (name) => eventOf('pre-token-generation', name)['version'],
    );
    expect(versions).toContain(version);
  });

  it.each(SAMPLES)('tells the truth about $fn $name: $source', ({ fn, name, source }) => {
    expect(sourceOf(eventOf(fn, name))).toBe(source);
  });

  /** As the senders differ (contracts A1, A2, A6, A7). */
  function sourceOf(event: Record<string, unknown>): unknown {
    const { triggerSource, type, version, methodArn, routeArn } = event as Record<string, string>;
    if (triggerSource !== undefined) return triggerSource;
    if (methodArn === undefined && routeArn === undefined)
      return version === '2.0' ? 'HTTP API 2.0 proxy' : 'REST proxy';
    if (type === 'TOKEN') return 'REST TOKEN';
    if (version !== undefined) return `HTTP API ${version}`;
    if (methodArn?.endsWith('/$connect')) return 'WebSocket $connect';
    return methodArn?.includes('/ESTestInvoke-stage/') ? 'REST console test' : 'REST REQUEST';
  }
});

describe('through the authorizer’s bundle', () => {
  it.each(Object.entries(MANIFEST['authorizer'] ?? {}))('%s', async (name, { ends }) => {
    const event = eventOf('authorizer', name);
    const invocation = await invoke('authorizer', event);
    const { code, rule = null } = auditOf(invocation);
    expect(`${gatewayEffect(invocation)} ${code} ${rule}`).toBe(ends);
    const { payload } = invocation.answer as { payload?: { policyDocument?: { Statement: object[] } } };
    // For the request that was asked about, and no other.
    for (const statement of payload?.policyDocument?.Statement ?? [])
      expect(statement).toMatchObject({ Action: 'execute-api:Invoke', Resource: event['methodArn'] });
  });
});

describe('through the triggers’ bundles', () => {
  const cases = SAMPLES.filter(({ fn }) => fn !== 'authorizer' && fn !== 'demo');

  it.each(cases)('$fn $name', async ({ fn, name, ends }: Sample & { fn: string; name: string }) => {
    const event = eventOf(fn, name);
    const { answer } = await invoke(fn, event);
    if (typeof ends === 'object' && 'refused' in ends) {
      expect(answer).toEqual({ ok: false, errorType: 'UserFacingError', errorMessage: ends.refused });
      return;
    }
    if (typeof ends === 'object' && 'failed' in ends) {
      expect(answer).toEqual({ ok: false, errorType: 'Error', errorMessage: ends.failed });
      return;
    }
    // Cognito takes the whole event back: what is not answered must come back as it came.
    const response =
      ends === 'unchanged' ? event['response'] : { ...(event['response'] as object), ...(ends as object) };
    expect(answer).toEqual({ ok: true, payload: { ...event, response } });
  });
});

describe('through the demo’s bundle', () => {
  it.each(Object.entries(MANIFEST['demo'] ?? {}))('%s', async (name, { ends }) => {
    const { answer } = await invoke('demo', eventOf('demo', name));
    expect(answer).toMatchObject({ ok: true, payload: { statusCode: ends } });
  });

  it.each(['rest', 'http-2.0'])('%s shows what the authorizer told', async (name) => {
    const { answer } = await invoke('demo', eventOf('demo', name));
    const { body } = (answer as { payload: { body: string } }).payload;
    expect(JSON.parse(body)).toMatchObject({ caller: { sub: expect.any(String), rule: 'readers-read' } });
  });
});
