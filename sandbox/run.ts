/** Walks through a scenario with a real client; every status that it gives is one of an HTTP response. */

import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  AdminAddUserToGroupCommand,
  ConfirmSignUpCommand,
  CreateGroupCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { LoggedDecision } from './decisions.ts';
import { APP_CLIENT_ID, POOL_ID } from './pool/settings.ts';
import { requestAsIs, requestMachineToken, type Response, send } from './requests.ts';
import { revokeUser } from './revoke.ts';
import type {
  CallStep,
  ConfirmStep,
  Person,
  RevokeStep,
  Scenario,
  SignInStep,
  SignUpStep,
  Step,
} from './scenario.ts';
import { SIGN_INS, signIn } from './sign-ins.ts';
import type { Stage } from './stage.ts';
import { claimsOf, spoil } from './tokens.ts';

/** What came of one step. */
export interface Outcome {
  what: string;
  who: string;
  /** Of the HTTP response. */
  status: number;
  /** What a function logged meanwhile; null if none was asked. */
  decision: LoggedDecision | null;
  note: string;
  /** What differs from the expectation; empty if all holds. */
  failures: string[];
}

interface Expectation {
  status: number;
  message?: string;
  code?: string;
  rule?: string | null;
}

export class ScenarioRun {
  readonly #scenario: Scenario;
  readonly #stage: Stage;
  readonly #password = `Sandbox-${randomUUID()}`;
  /** By the names of people and machines. */
  readonly tokens = new Map<string, string>();

  constructor(scenario: Scenario, stage: Stage) {
    this.#scenario = scenario;
    this.#stage = stage;
  }

  /** Steps in order, one at a time; goes on after a failure, so that the table shows all. */
  async *outcomes(): AsyncGenerator<Outcome> {
    const { pool, machineClient } = this.#stage;
    for (const [name, { scopes }] of Object.entries(this.#scenario.machines))
      this.tokens.set(name, await requestMachineToken(pool.url, machineClient, scopes));
    for (const step of this.#scenario.steps) {
      this.#stage.decisions.takeLast();
      yield this.#runStep(step);
    }
  }

  /** The method and path of a call; `${ada.sub}` becomes the subject of that person's token. */
  resolveCall(call: string): [method: string, path: string] {
    const resolved = call.replace(/\$\{(\w+)\.sub\}/g, (_, name: string) => {
      const token = this.tokens.get(name);
      return token === undefined ? '' : String(claimsOf(token)['sub']);
    });
    const [method = '', path = ''] = resolved.split(' ');
    return [method, path];
  }

  #runStep(step: Step): Promise<Outcome> {
    if ('call' in step) return this.#call(step);
    if ('sign_up' in step) return this.#signUp(step, this.#person(step.sign_up));
    if ('confirm' in step) return this.#confirm(step, this.#person(step.confirm));
    if ('revoke' in step) return this.#revoke(step);
    return this.#signIn(step, this.#person(step.sign_in));
  }

  async #signUp({ expect }: SignUpStep, person: Person): Promise<Outcome> {
    const attributes = Object.entries({ ...person.attributes, email: person.email });
    const command = new SignUpCommand({
      ClientId: APP_CLIENT_ID,
      Username: person.email,
      Password: this.#password,
      UserAttributes: attributes.map(([Name, Value]) => ({ Name, Value })),
    });
    const response = await send(() => this.#stage.client.send(command));
    return this.#outcome({ what: 'sign up', who: person.email, note: response.message }, response, expect);
  }

  /** The person types the code in; then an administrator puts them into their groups. */
  async #confirm({ expect }: ConfirmStep, person: Person): Promise<Outcome> {
    const { client } = this.#stage;
    const command = new ConfirmSignUpCommand({
      ClientId: APP_CLIENT_ID,
      Username: person.email,
      ConfirmationCode: await this.#mailedCode(person),
    });
    const response = await send(() => client.send(command));
    if (response.status === 200) {
      const user = { UserPoolId: POOL_ID, Username: person.email };
      for (const GroupName of person.groups ?? []) {
        await client.send(new CreateGroupCommand({ UserPoolId: POOL_ID, GroupName })).catch(() => {}); // there already
        await client.send(new AdminAddUserToGroupCommand({ ...user, GroupName }));
      }
    }
    const note = person.groups ? `joins ${person.groups.join(', ')}` : response.message;
    return this.#outcome({ what: 'confirm', who: person.email, note }, response, expect);
  }

  /** From the last mail that the person got. */
  async #mailedCode({ email }: Person): Promise<string> {
    const mail = (await this.#stage.inbox.mailFor(email)).at(-1);
    return /\b\d{6}\b/.exec(mail?.text ?? '')?.[0] ?? 'none';
  }

  async #signIn(step: SignInStep, person: Person): Promise<Outcome> {
    const { sign_in, with: method = 'password', answer = null, expect } = step;
    const { email } = person;
    const typed = method === 'password' ? (answer ?? this.#password) : answer;
    const { response, tokens } = await signIn(
      this.#stage,
      { name: sign_in, ...person },
      { method, answer: typed },
    );
    if (tokens) this.tokens.set(sign_in, tokens.access);
    const claims = tokens ? claimsOf(tokens.id) : {};
    const wanted = Object.entries(expect.claims ?? {});
    const shown = wanted.map(([name]) => `${name}: ${JSON.stringify(claims[name])}`).join(', ');
    const result = this.#outcome(
      { what: SIGN_INS[method], who: email, note: response.message || shown },
      response,
      expect,
    );
    const wrong = wanted
      .filter(([name, value]) => !isDeepStrictEqual(claims[name], value))
      .map(([name, value]) => `expected claim ${name} to be ${JSON.stringify(value)}`);
    return { ...result, failures: [...result.failures, ...wrong] };
  }

  /** The status is that of the table's answer: whatever else it says is thrown. */
  async #revoke({ revoke: name, block = false, expect }: RevokeStep): Promise<Outcome> {
    const who = this.#person(name).email;
    const token = this.tokens.get(name);
    if (token === undefined) return notSignedIn('revoke', who, name);
    await revokeUser(this.#stage.tableUrl, String(claimsOf(token)['sub']), { alsoBlock: block });
    const step = { what: 'revoke', who, note: block ? 'cut off, and blocked' : 'cut off' };
    return this.#outcome(step, { status: 200, message: '' }, expect);
  }

  async #call(step: CallStep): Promise<Outcome> {
    const { as: name, token: fault, api = 'rest', expect } = step;
    const held = name === undefined ? null : this.tokens.get(name);
    const who = name === undefined ? 'nobody' : (this.#scenario.people[name]?.email ?? name);
    if (held === undefined) return notSignedIn(step.call, who, name);
    const token = held !== null && fault ? spoil(held, fault, this.#stage.pool.keys) : held;
    const [method, path] = this.resolveCall(step.call);
    const status = await requestAsIs(`${this.#stage.apis[api]}${path}`, method, token);
    const notes = [
      api === 'http' && 'HTTP API',
      fault && `${fault} token`,
      fault === 'expired' && "signed by the sandbox with the pool's key",
    ];
    const note = notes.filter(Boolean).join('; ');
    return this.#outcome({ what: step.call, who, note }, { status, message: '' }, expect);
  }

  #outcome(step: Pick<Outcome, 'what' | 'who' | 'note'>, response: Response, expect: Expectation): Outcome {
    const decision = this.#stage.decisions.takeLast();
    const failures: string[] = [];
    if (response.status !== expect.status) failures.push(`expected status ${expect.status}`);
    if (expect.message !== undefined && !response.message.includes(expect.message))
      failures.push(`expected the text "${expect.message}"`);
    if (expect.code !== undefined && decision?.code !== expect.code)
      failures.push(`expected code ${expect.code}`);
    if (expect.rule !== undefined && (decision?.rule ?? null) !== expect.rule)
      failures.push(`expected rule ${expect.rule}`);
    return { ...step, status: response.status, decision, failures };
  }

  #person(name: string): Person {
    return this.#scenario.people[name] as Person;
  }
}

function notSignedIn(what: string, who: string, name = ''): Outcome {
  return { what, who, status: 0, decision: null, note: '', failures: [`${name} has not signed in`] };
}
