/**
 * IAM, which MiniStack does not enforce: what deployed functions ask of the table and of Secrets Manager, judged by the
 * roles that were deployed for them. The judge is another's (`@cloud-copilot/iam-simulate`, AGPL: for tests, never
 * bundled or shipped).
 */

import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT, type FunctionCall, type LocalCloud, REGION } from './ministack.ts';

/** A call as IAM sees it. */
interface Request {
  action: string;
  resource: string;
  context: Record<string, string[]>;
}

/** A call that a function has made. */
interface JudgedCall {
  caller: string;
  action: string;
  resource: string;
  /** Of a call to the table: the partition key that it names. */
  leadingKey: string | null;
  allowed: boolean;
}

interface Statement {
  Action: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

type Policies = { name: string; policy: { Statement: Statement[] } }[];

/** What the roles allow by policies that stand beside them, which MiniStack cannot give out; nothing else is let pass. */
const BESIDE_ROLES = [
  'POST /v2/email/outbound-emails',
  'AWSCognitoIdentityProviderService.AdminAddUserToGroup',
];

export class RoleGuard {
  readonly calls: JudgedCall[] = [];
  readonly #cloud: LocalCloud;
  readonly #iam: IAMClient;
  readonly #lambda: LambdaClient;
  readonly #roles = new Map<string, { arn: string; policies: Policies }>();

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
    this.#iam = new IAMClient(cloud.clientConfig);
    this.#lambda = new LambdaClient(cloud.clientConfig);
    cloud.guard = (call) => this.#judge(call);
  }

  /** From now on the function reaches AWS as far as its role lets it, and nowhere else. */
  async watch(name: string, env: Record<string, string> = {}): Promise<void> {
    const { Role = '', Environment } = await this.#lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: name }),
    );
    this.#roles.set(name, { arn: Role, policies: await this.#policiesOf(Role.split('/').at(-1) ?? '') });
    const Variables = {
      ...Environment?.Variables,
      ...env,
      AWS_ENDPOINT_URL: this.#cloud.functionEndpoint(name),
    };
    await this.#lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: name, Environment: { Variables } }),
    );
  }

  /** What the role allows of the table: `dynamodb:GetItem PROFILE#*`. */
  grants(name: string): string[] {
    const statements = this.#roles.get(name)?.policies.flatMap(({ policy }) => policy.Statement) ?? [];
    return statements
      .flatMap(({ Action, Condition }) => {
        const keys = [Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? []].flat();
        return [Action].flat().flatMap((action) => keys.map((key) => `${action} ${key}`));
      })
      .toSorted();
  }

  async #policiesOf(RoleName: string): Promise<Policies> {
    const { PolicyNames = [] } = await this.#iam.send(new ListRolePoliciesCommand({ RoleName }));
    return Promise.all(
      PolicyNames.map(async (PolicyName) => {
        const command = new GetRolePolicyCommand({ RoleName, PolicyName });
        const { PolicyDocument = '' } = await this.#iam.send(command);
        const policy = JSON.parse(decodeURIComponent(PolicyDocument)) as Policies[number]['policy'];
        return { name: PolicyName, policy };
      }),
    );
  }

  async #judge(call: FunctionCall): Promise<boolean> {
    const { caller } = call;
    const request = requestOf(call);
    if (request === null) {
      const action = nameOf(call);
      const isExpected = BESIDE_ROLES.includes(action);
      this.calls.push({ caller, action, resource: '', leadingKey: null, allowed: isExpected });
      return isExpected;
    }
    const { action, resource, context } = request;
    const { arn = '', policies = [] } = this.#roles.get(caller) ?? {};
    const simulation: Simulation = {
      request: {
        principal: arn,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: context,
      },
      identityPolicies: policies,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    };
    const result = await runSimulation(simulation, {});
    const allowed = result.resultType !== 'error' && result.overallResult === 'Allowed';
    const [leadingKey = null] = context['dynamodb:LeadingKeys'] ?? [];
    this.calls.push({ caller, action, resource, leadingKey, allowed });
    return allowed;
  }
}

/** `DynamoDB_20120810.GetItem`, or method and path where a service has no such names. */
function nameOf({ method, path, headers }: FunctionCall): string {
  return String(headers['x-amz-target'] ?? `${method} ${path}`);
}

/** Null for services that are not judged. */
function requestOf(call: FunctionCall): Request | null {
  const [service, operation = ''] = nameOf(call).split('.');
  if (service !== 'DynamoDB_20120810' && service !== 'secretsmanager') return null;
  const input = JSON.parse(call.body) as Keyed & { TableName?: string; SecretId?: string };
  return service === 'secretsmanager'
    ? { action: `secretsmanager:${operation}`, resource: input.SecretId ?? '', context: {} }
    : {
        action: `dynamodb:${operation}`,
        resource: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${input.TableName}`,
        context: leadingKeys(input),
      };
}

interface Keyed {
  Key?: { PK?: { S?: string } };
  Item?: { PK?: { S?: string } };
  KeyConditionExpression?: string;
  ExpressionAttributeValues?: Record<string, { S?: string }>;
}

/** The partition key that a call names, as DynamoDB tells IAM; none for one that names none, like Scan. */
function leadingKeys(input: Keyed): Record<string, string[]> {
  const named = /^PK = (:\w+)/.exec(input.KeyConditionExpression ?? '')?.[1] ?? '';
  const key = (input.Key ?? input.Item)?.PK?.S ?? input.ExpressionAttributeValues?.[named]?.S;
  return key === undefined ? {} : { 'dynamodb:LeadingKeys': [key] };
}
