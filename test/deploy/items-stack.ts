/** A stack whose policy lets every function keep something. */

import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { buildCommand, run } from '../support/bundles.ts';
import { sampleEvent, type TriggerEvent } from '../support/trigger-events.ts';
import { Deployment } from './deployment.ts';
import type { LocalCloud } from './ministack.ts';
import { type Person, PoolPeople } from './pool-people.ts';
import { RoleGuard } from './roles.ts';

const STAGE = 'items';
const STACK = `gatehouse-${STAGE}`;
/** What policy.yml leaves out: it needs a sender, a key and the table. */
const POLICY = `
sign_up: { mode: invite }
confirmed: { groups: [reader], welcome: true }
sign_in:
  methods: [email_otp, magic_link]
  magic_link: { redirect_uris: ["https://app.example.com/signed-in"] }
`;
/** All that the stack has. */
export const FUNCTIONS = [
  'authorizer',
  'pre-sign-up',
  'post-confirmation',
  'inbound-federation',
  'pre-token-generation',
  'define-auth-challenge',
  'create-auth-challenge',
  'verify-auth-challenge',
];

export interface Mail {
  To: string[];
  Subject: string;
  BodyText: string;
}

export class ItemsStack {
  pool = '';
  client = '';
  table = '';
  readonly keys = { names: randomBytes(32), current: randomBytes(32) };
  readonly guard: RoleGuard;
  readonly dynamodb: DynamoDBClient;
  readonly #cloud: LocalCloud;
  readonly #folder: string;
  readonly #project: Deployment;
  readonly #lambda: LambdaClient;
  #people: PoolPeople | undefined;

  constructor(cloud: LocalCloud, folder: string) {
    this.#cloud = cloud;
    this.#folder = folder;
    this.#project = new Deployment(cloud, folder);
    this.guard = new RoleGuard(cloud);
    this.dynamodb = new DynamoDBClient(cloud.clientConfig);
    this.#lambda = new LambdaClient(cloud.clientConfig);
  }

  async deploy(): Promise<void> {
    writeFileSync(this.#policyFile, readFileSync(join(this.#project.root, 'policy.yml'), 'utf8') + POLICY);
    const [names, key] = [this.keys.names, this.keys.current].map((each) => each.toString('base64'));
    const { ARN } = await new SecretsManagerClient(this.#cloud.clientConfig).send(
      new CreateSecretCommand({
        Name: 'gatehouse/codes',
        SecretString: JSON.stringify({ names, current: { id: '1', key } }),
      }),
    );
    const params = [
      'demo=off',
      'policyFile=items.yml',
      'tokenUse=id',
      'mailFrom=no-reply@mail.example',
      `otpKeyId=${ARN}`,
    ];
    const outputs = await this.#project.deploy([
      '--stage',
      STAGE,
      ...params.flatMap((each) => ['--param', each]),
    ]);
    ({ UserPoolId: this.pool = '', AppClientIds: this.client = '', TableName: this.table = '' } = outputs);
    // A pool that the stack makes has no keys before.
    const JWKS = await (await fetch(`${this.#cloud.endpoint}/${this.pool}/.well-known/jwks.json`)).text();
    for (const name of FUNCTIONS)
      await this.guard.watch(`${STACK}-${name}`, name === 'authorizer' ? { JWKS } : {});
    await buildCommand(this.#folder);
    this.#people = new PoolPeople(this.#cloud, this);
  }

  get people(): PoolPeople {
    if (!this.#people) throw new Error('nothing is deployed');
    return this.#people;
  }

  /** The packed command, with `--stack`; what it says as JSON. */
  async gatehouse(...words: string[]): Promise<{ code: number; said: unknown }> {
    const { code, stdout, stderr } = await run(
      process.execPath,
      [join(this.#folder, 'gatehouse.mjs'), ...words, '--stack', STACK, '--json'],
      { cwd: this.#folder, env: { HOME: this.#folder, ...this.#cloud.env } },
    );
    return { code, said: stdout === '' ? stderr : JSON.parse(stdout) };
  }

  reconcile(...words: string[]) {
    return this.gatehouse('reconcile', this.pool, '--policy', this.#policyFile, ...words);
  }

  /** A function's answer, or its error. */
  async invoke(name: string, event: object): Promise<Record<string, unknown>> {
    const { Payload } = await this.#lambda.send(
      new InvokeCommand({ FunctionName: `${STACK}-${name}`, Payload: JSON.stringify(event) }),
    );
    return JSON.parse(Payload?.transformToString() ?? '') as Record<string, unknown>;
  }

  /** A sample event, of this pool, its client and one of its users. */
  event(sample: string, { sub, userName, email }: Person): TriggerEvent {
    const event = sampleEvent(sample);
    const userAttributes = { sub, email, email_verified: 'true', 'cognito:user_status': 'CONFIRMED' };
    return {
      ...event,
      userPoolId: this.pool,
      userName,
      callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: this.client },
      request: { ...event.request, userAttributes },
    };
  }

  async mailsFor({ email }: Pick<Person, 'email'>): Promise<Mail[]> {
    const answer = await fetch(`${this.#cloud.endpoint}/_ministack/ses/messages`);
    const { messages } = (await answer.json()) as { messages: Record<string, Mail[]> };
    return Object.values(messages)
      .flat()
      .filter(({ To }) => To.includes(email));
  }

  close(): void {
    for (const each of [this.#people, this.dynamodb, this.#lambda]) each?.destroy();
  }

  get #policyFile(): string {
    return join(this.#project.root, 'items.yml');
  }
}
