import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LocalFunction } from '../../sandbox/lambda.ts';
import { auditOf, buildFunctions, Functions, ROOT, temporaryFolder } from '../support/bundles.ts';
import { readCases } from '../support/cases.ts';
import { accessClaims, CLIENT, idClaims, machineClaims, POOL, rsaKey, signJwt } from '../support/tokens.ts';

type Expected = string | { refused: string } | Record<string, unknown>;

const CASES = readCases<Record<string, Expected>>('events.yml');
const KEY = rsaKey('key-1');
const folder = temporaryFolder();
const functions = new Functions(folder.path);
const running: Record<string, LocalFunction> = {};

beforeAll(async () => {
  expect(await buildFunctions(folder.path)).toMatchObject({ code: 0 });
  running['authorizer'] = functions.start('authorizer', {
    USER_POOL_IDS: POOL,
    APP_CLIENT_IDS: CLIENT,
    TOKEN_USE: 'any',
    JWKS: JSON.stringify({ keys: [KEY.jwk] }),
  });
  for (const name of ['pre-sign-up', 'pre-token-generation'])
    running[name] = functions.start(name, { APP_CLIENT_IDS: CLIENT });
});

afterAll(async () => {
  await functions.stop();
  folder.remove();
});

/** Committed events carry placeholders; tokens are made fresh. */
function eventOf(name: string): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  const tokens: Record<string, string> = {
    idToken: signJwt(idClaims(now), KEY),
    accessToken: signJwt(accessClaims(now), KEY),
    machineToken: signJwt(machineClaims(now), KEY),
    expiredToken: signJwt(idClaims(now, { exp: now - 60 }), KEY),
  };
  const text = readFileSync(join(ROOT, 'events', `${name}.json`), 'utf8');
  return JSON.parse(text.replace(/\$\{(\w+)\}/g, (_, token: string) => String(tokens[token]))) as Record<
    string,
    unknown
  >;
}

it('every sample event has its expectation', () => {
  const files = readdirSync(join(ROOT, 'events'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.json'),
  );
  expect(files.map((file) => file.replace(/\.json$/, '')).toSorted()).toEqual(Object.keys(CASES).toSorted());
});

describe('through the authorizer’s bundle', () => {
  const cases = Object.entries(CASES).filter(([name]) => name.startsWith('authorizer/')) as [
    string,
    string,
  ][];

  it.each(cases)('%s: %s', async (name, expected) => {
    const event = eventOf(name);
    const invocation = await (running['authorizer'] as LocalFunction).invoke(event);
    const { code, rule = null } = auditOf(invocation);
    const answer = invocation.answer.ok
      ? (invocation.answer.payload as Record<string, never>)
      : { thrown: invocation.answer.errorMessage };
    const effect = effectOf(answer, String(event['methodArn'] ?? event['routeArn']));
    expect(`${effect} ${code} ${rule}`).toBe(expected);
  });

  /** What API Gateway would make of it. */
  function effectOf(answer: Record<string, unknown>, arn: string): string {
    if (answer['thrown'] === 'Unauthorized' || answer['errorMessage'] === 'Unauthorized')
      return 'unauthorized';
    if ('isAuthorized' in answer) return answer['isAuthorized'] === true ? 'allow' : 'deny';
    const { policyDocument } = answer as {
      policyDocument: { Statement: { Effect: string; Resource: string }[] };
    };
    expect(policyDocument.Statement).toEqual([
      { Action: 'execute-api:Invoke', Effect: expect.stringMatching(/^(Allow|Deny)$/), Resource: arn },
    ]);
    return String(policyDocument.Statement[0]?.Effect).toLowerCase();
  }
});

describe('through the triggers’ bundles', () => {
  const cases = Object.entries(CASES).filter(([name]) => !name.startsWith('authorizer/'));

  it.each(cases)('%s', async (name, expected) => {
    const event = eventOf(name);
    const { answer } = await (running[name.split('/')[0] as string] as LocalFunction).invoke(event);
    if (typeof expected === 'object' && 'refused' in expected) {
      expect(answer).toEqual({ ok: false, errorType: 'UserFacingError', errorMessage: expected.refused });
      return;
    }
    // Cognito takes the whole event back: what is not answered must come back as it came.
    const response =
      expected === 'unchanged'
        ? event['response']
        : { ...(event['response'] as object), ...(expected as object) };
    expect(answer).toEqual({ ok: true, payload: { ...event, response } });
  });
});
