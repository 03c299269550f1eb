/** Lambda, as far as attaching asks it: a function's configuration, its policy and its environment. */

import type { Json } from './schema.ts';

export interface ServedFunction {
  name: string;
  environment: Record<string, string>;
  statements: Json[];
  revision: number;
  state: string;
  /** Encrypted with a key that the caller may not use. */
  hidden?: true;
}

export class LambdaError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export class Functions {
  readonly byArn = new Map<string, ServedFunction>();

  add(arn: string, environment: Record<string, string> = { APP_CLIENT_IDS: '*', MODE: 'observe' }): string {
    const name = arn.split(':')[6] ?? arn;
    this.byArn.set(arn, { name, environment, statements: [], revision: 1, state: 'Active' });
    return arn;
  }

  /** Answers a call of Lambda's API; throws `LambdaError`. */
  answer(method: string, path: string, body: Json): Json {
    const [, arn = '', resource = '', id = ''] =
      /^\/2015-03-31\/functions\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(decodeURIComponent(path)) ?? [];
    const served = this.byArn.get(arn);
    if (!served) throw new LambdaError(404, 'ResourceNotFoundException');
    if (resource === 'configuration')
      return method === 'PUT' ? configure(served, body) : configuration(served);
    if (method === 'GET') return policy(served);
    if (method === 'POST') return addStatement(arn, served, body);
    served.statements = served.statements.filter(({ Sid: sid }) => sid !== id);
    return {};
  }
}

function configuration({ name, environment, revision, state, hidden }: ServedFunction): Json {
  return {
    FunctionName: name,
    State: state,
    LastUpdateStatus: 'Successful',
    RevisionId: String(revision),
    Environment: hidden
      ? { Error: { ErrorCode: 'AccessDeniedException', Message: 'kms:Decrypt' } }
      : { Variables: environment },
  };
}

function configure(served: ServedFunction, body: Json): Json {
  if (body['RevisionId'] !== undefined && body['RevisionId'] !== String(served.revision))
    throw new LambdaError(412, 'PreconditionFailedException');
  const { Variables: variables } = body['Environment'] as { Variables: Record<string, string> };
  served.environment = variables;
  served.revision += 1;
  return configuration(served);
}

function policy({ statements }: ServedFunction): Json {
  if (statements.length === 0) throw new LambdaError(404, 'ResourceNotFoundException');
  return { Policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }) };
}

function addStatement(arn: string, served: ServedFunction, body: Json): Json {
  if (served.statements.some(({ Sid: sid }) => sid === body['StatementId']))
    throw new LambdaError(409, 'ResourceConflictException');
  served.statements.push({
    Sid: body['StatementId'],
    Effect: 'Allow',
    Principal: { Service: body['Principal'] },
    Action: body['Action'],
    Resource: arn,
    Condition: {
      ...(body['SourceAccount'] !== undefined && {
        StringEquals: { 'AWS:SourceAccount': body['SourceAccount'] },
      }),
      ...(body['SourceArn'] !== undefined && { ArnLike: { 'AWS:SourceArn': body['SourceArn'] } }),
    },
  });
  return {};
}
