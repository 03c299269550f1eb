/** Walks through a scenario with a real client; every status that it gives is one of an HTTP response. */

import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import {
  AdminAddUserToGroupCommand,
  AdminUpdateUserAttributesCommand,
  type CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  CreateGroupCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { APP_CLIENT_ID, CONFIRMATION_CODE, type LocalPool, POOL_ID } from './pool/cognito-local.ts';
import type { CallStep, ConfirmStep, Person, Scenario, SignInStep, SignUpStep, Step } from './scenario.ts';
import { claimsOf, machineToken, spoil } from './tokens.ts';

/** What came of one step. */
export interface Outcome {
  what: string;
  who: string;
  /** Of the HTTP response. */
  status: number;
  /** From the audit line that the functions wrote meanwhile. */
  audit: AuditLine | null;
  note: string;
  /** What differs from the expectation; empty if all holds. */
  failures: string[];
}

export interface AuditLine {
  code?: string;
  rule?: string;
  reason?: string;
}

export interface Stage {
  scenario: Scenario;
  pool: LocalPool;
  client: CognitoIdentityProviderClient;
  apis: { rest: string; http: string };
  /** The audit lines written since it was last asked. */
  takeAudit: () => AuditLine[];
}

/** Steps in order, one at a time; goes on after a failure, so that the table shows all. */
export async function* runScenario(stage: Stage, tokens: Map<string, string>): AsyncGenerator<Outcome> {
  const password = `Sandbox-${randomUUID()}`;
  for (const [name, { scopes }] of Object.entries(stage.scenario.machines)) {
    tokens.set(name, machineToken(scopes, stage.pool.signingKey));
  }
  for (const step of stage.scenario.steps) yield runStep(step, stage, tokens, password);
}

async function runStep(
  step: Step,
  stage: Stage,
  tokens: Map<string, string>,
  password: string,
): Promise<Outcome> {
  stage.takeAudit();
  if ('call' in step) return callApi(step, stage, tokens);
  if ('sign_up' in step) return signUp(step, personOf(stage, step.sign_up), stage, password);
  if ('confirm' in step) return confirm(step, personOf(stage, step.confirm), stage);
  return signIn(step, personOf(stage, step.sign_in), stage, tokens, password);
}

async function signUp(
  { expect }: SignUpStep,
  person: Person,
  stage: Stage,
  password: string,
): Promise<Outcome> {
  const attributes = Object.entries({ ...person.attributes, email: person.email });
  const response = await send(() =>
    stage.client.send(
      new SignUpCommand({
        ClientId: APP_CLIENT_ID,
        Username: person.email,
        Password: password,
        UserAttributes: attributes.map(([Name, Value]) => ({ Name, Value })),
      }),
    ),
  );
  return outcome({ what: 'sign up', who: person.email, note: response.message, response, expect, stage });
}

/** The person types the code in; then an administrator puts them into their groups. */
async function confirm(
  { expect }: ConfirmStep,
  person: Person,
  { client, ...stage }: Stage,
): Promise<Outcome> {
  const user = { UserPoolId: POOL_ID, Username: person.email };
  const response = await send(() =>
    client.send(
      new ConfirmSignUpCommand({
        ClientId: APP_CLIENT_ID,
        Username: person.email,
        ConfirmationCode: CONFIRMATION_CODE,
      }),
    ),
  );
  if (response.status === 200) {
    // AWS verifies the address that the code went to; cognito-local leaves that out.
    await client.send(
      new AdminUpdateUserAttributesCommand({
        ...user,
        UserAttributes: [
          { Name: 'email', Value: person.email },
          { Name: 'email_verified', Value: 'true' },
        ],
      }),
    );
    for (const GroupName of person.groups ?? []) {
      await client.send(new CreateGroupCommand({ UserPoolId: POOL_ID, GroupName })).catch(() => {}); // already there
      await client.send(new AdminAddUserToGroupCommand({ ...user, GroupName }));
    }
  }
  const note = person.groups ? `joins ${person.groups.join(', ')}` : response.message;
  return outcome({ what: 'confirm', who: person.email, note, response, expect, stage });
}

async function signIn(
  { sign_in, expect }: SignInStep,
  person: Person,
  stage: Stage,
  tokens: Map<string, string>,
  password: string,
): Promise<Outcome> {
  let claims: Record<string, unknown> = {};
  const response = await send(async () => {
    const output = await stage.client.send(
      new InitiateAuthCommand({
        ClientId: APP_CLIENT_ID,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: person.email, PASSWORD: password },
      }),
    );
    const token = output.AuthenticationResult?.IdToken ?? '';
    tokens.set(sign_in, token);
    claims = claimsOf(token);
    return output;
  });
  const shown = Object.keys(expect.claims ?? {}).map((name) => `${name}: ${JSON.stringify(claims[name])}`);
  const wrong = Object.entries(expect.claims ?? {}).flatMap(([name, wanted]) =>
    isDeepStrictEqual(claims[name], wanted)
      ? []
      : [`expected claim ${name} to be ${JSON.stringify(wanted)}, not ${JSON.stringify(claims[name])}`],
  );
  const result = outcome({
    what: 'sign in',
    who: person.email,
    note: shown.join(', ') || response.message,
    response,
    expect,
    stage,
  });
  return { ...result, failures: [...result.failures, ...wrong] };
}

async function callApi(step: CallStep, stage: Stage, tokens: Map<string, string>): Promise<Outcome> {
  const { as: name, token: fault, api = 'rest', expect } = step;
  const held = name === undefined ? null : (tokens.get(name) ?? null);
  if (name !== undefined && held === null) {
    return {
      what: step.call,
      who: name,
      status: 0,
      audit: null,
      note: '',
      failures: [`${name} has not signed in`],
    };
  }
  const token = held !== null && fault ? spoil(held, fault, stage.pool.signingKey) : held;
  const [method = '', path = ''] = step.call
    .replace(/\$\{(\w+)\.sub\}/g, (_, who: string) => String(claimsOf(tokens.get(who) ?? '')['sub']))
    .split(' ');
  const status = await call(`${stage.apis[api]}${path}`, method, token);
  const machine = name !== undefined && Object.hasOwn(stage.scenario.machines, name);
  const notes = [
    api === 'http' && 'HTTP API',
    (fault === 'expired' || machine) && "signed by the sandbox with the pool's key",
    fault && `${fault} token`,
  ];
  const who = name === undefined ? 'nobody' : (stage.scenario.people[name]?.email ?? name);
  return outcome({
    what: step.call,
    who,
    note: notes.filter(Boolean).join('; '),
    response: { status, message: '' },
    expect,
    stage,
  });
}

/** The path goes out as it is: `fetch` would tidy `..` and `//` away. */
async function call(url: string, method: string, token: string | null): Promise<number> {
  const [, origin = '', path = '/'] = /^(http:\/\/[^/]+)(\/.*)$/.exec(url) ?? [];
  const { hostname, port } = new URL(origin);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const request = httpRequest(
    {
      hostname,
      port,
      path,
      method,
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      timeout: 10_000,
    },
    (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    },
  );
  request
    .on('error', reject)
    .on('timeout', () => request.destroy(new Error('no answer within 10 s')))
    .end();
  return promise;
}

interface Response {
  status: number;
  message: string;
}

/** The HTTP status and error text of an SDK call, whether it succeeded or not. */
async function send(
  operation: () => Promise<{ $metadata: { httpStatusCode?: number | undefined } }>,
): Promise<Response> {
  try {
    const { $metadata } = await operation();
    return { status: $metadata.httpStatusCode ?? 0, message: '' };
  } catch (error) {
    const { $metadata, message } = error as { $metadata?: { httpStatusCode?: number }; message: string };
    if ($metadata?.httpStatusCode === undefined) throw error;
    return { status: $metadata.httpStatusCode, message };
  }
}

interface Expectation {
  status: number;
  message?: string;
  code?: string;
  rule?: string | null;
}

function outcome({
  what,
  who,
  note,
  response,
  expect,
  stage,
}: {
  what: string;
  who: string;
  note: string;
  response: Response;
  expect: Expectation;
  stage: Pick<Stage, 'takeAudit'>;
}): Outcome {
  const audit = stage.takeAudit().at(-1) ?? null;
  const failures: string[] = [];
  if (response.status !== expect.status) failures.push(`expected status ${expect.status}`);
  if (expect.message !== undefined && !response.message.includes(expect.message))
    failures.push(`expected the text "${expect.message}"`);
  if (expect.code !== undefined && audit?.code !== expect.code) failures.push(`expected code ${expect.code}`);
  if (expect.rule !== undefined && (audit?.rule ?? null) !== expect.rule)
    failures.push(`expected rule ${expect.rule}`);
  return { what, who, status: response.status, audit, note, failures };
}

function personOf({ scenario }: Stage, name: string): Person {
  return scenario.people[name] as Person;
}
