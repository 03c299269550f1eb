/** The services that attaching talks to, over HTTP: one address for all of them, as `--endpoint` gives one. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AppClient } from './app-client.ts';
import { Functions, LambdaError } from './functions.ts';
import type { Pool } from './pool.ts';
import { type Json, Rejection } from './schema.ts';

/** A request that has arrived (`before`), or has done its work and is about to be answered (`after`). */
export interface Call {
  /** From 1, over the life of the server. */
  number: number;
  operation: string;
  phase: 'before' | 'after';
}

/** The connection ends without an answer; or an error is answered: `before`, and nothing is done, or `after`, and it is. */
export type Interruption = 'drop' | { code: string; status?: number };

export class PoolServer {
  readonly pools = new Map<string, Pool>();
  readonly clients = new Map<string, AppClient[]>();
  readonly functions = new Functions();
  /** By stack name, the outputs. */
  readonly stacks = new Map<string, Record<string, string>>();
  readonly replicas = new Map<string, Json[]>();
  /** Pages of `ListUsers`, made when they are asked for. */
  users: (page: number) => { users: Json[]; more: boolean } = () => ({ users: [], more: false });
  /** Sums of the metrics, by `metric function code`. */
  readonly metrics = new Map<string, number>();
  readonly calls: string[] = [];
  /** May change the state, or interrupt. */
  on: (call: Call) => Interruption | undefined | Promise<Interruption | undefined> = () => undefined;
  endpoint = '';
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.endpoint = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  reset(): void {
    for (const each of [
      this.pools,
      this.clients,
      this.stacks,
      this.replicas,
      this.metrics,
      this.functions.byArn,
    ])
      each.clear();
    this.calls.length = 0;
    this.on = () => undefined;
    this.users = () => ({ users: [], more: false });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const service = serviceOf(request, body);
    this.calls.push(service.operation);
    const call = { number: this.calls.length, operation: service.operation };
    try {
      if (await this.#interrupted({ ...call, phase: 'before' }, response)) return;
      const answer = service.answer(this);
      if (await this.#interrupted({ ...call, phase: 'after' }, response)) return;
      response.writeHead(200, { 'content-type': service.type });
      response.end(service.encode(answer));
    } catch (error) {
      answerError(response, error);
    }
  }

  async #interrupted(call: Call, response: ServerResponse): Promise<boolean> {
    const interruption = await this.on(call);
    if (interruption === undefined) return false;
    if (interruption === 'drop') response.destroy();
    else answerError(response, new Rejection(interruption.code, 'interrupted'), interruption.status);
    return true;
  }
}

interface Service {
  operation: string;
  type: string;
  answer: (server: PoolServer) => Json;
  encode: (answer: Json) => string;
}

function serviceOf({ headers, url = '', method = '' }: IncomingMessage, body: Buffer): Service {
  const target = String(headers['x-amz-target'] ?? '').split('.');
  if (target[0] === 'AWSCognitoIdentityProviderService') {
    const operation = target[1] ?? '';
    return {
      operation,
      type: 'application/x-amz-json-1.1',
      answer: (server) => cognito(server, operation, JSON.parse(body.toString('utf8')) as Json),
      encode: JSON.stringify,
    };
  }
  if (url.startsWith('/2015-03-31/functions/')) {
    const [path = ''] = url.split('?');
    return {
      operation: `${method} ${path.split('/').slice(4, 5).join('')}`,
      type: 'application/json',
      answer: ({ functions }) =>
        functions.answer(method, path, body.length > 0 ? (JSON.parse(body.toString('utf8')) as Json) : {}),
      encode: JSON.stringify,
    };
  }
  if (target[1] === 'GetMetricData') {
    return {
      operation: 'GetMetricData',
      type: 'application/x-amz-json-1.0',
      answer: (server) => metricData(server, JSON.parse(body.toString('utf8')) as Json),
      encode: JSON.stringify,
    };
  }
  const form = new URLSearchParams(body.toString('utf8'));
  return {
    operation: form.get('Action') ?? url,
    type: 'text/xml',
    answer: ({ stacks }) => stackOutputs(stacks.get(form.get('StackName') ?? '')),
    encode: stackXml,
  };
}

function cognito(server: PoolServer, operation: string, input: Json): Json {
  const pool = server.pools.get(String(input['UserPoolId']));
  if (!pool) throw new Rejection('ResourceNotFoundException', 'there is no such user pool');
  const clients = server.clients.get(pool.id) ?? [];
  const client = () => {
    const found = clients.find(({ id }) => id === input['ClientId']);
    if (!found) throw new Rejection('ResourceNotFoundException', 'there is no such client');
    return found;
  };
  switch (operation) {
    case 'DescribeUserPool':
      return { UserPool: pool.describe() };
    case 'UpdateUserPool':
      pool.update(input);
      return {};
    case 'DescribeUserPoolClient':
      return { UserPoolClient: client().describe() };
    case 'UpdateUserPoolClient':
      client().update(input);
      return {};
    case 'ListUserPoolClients':
      return {
        UserPoolClients: clients.map(({ id, settings }) => ({
          ClientId: id,
          ClientName: settings['ClientName'],
        })),
      };
    case 'ListUserPoolReplicas':
      return { UserPoolReplicas: server.replicas.get(pool.id) ?? [] };
    case 'ListUsers': {
      const page = Number(input['PaginationToken'] ?? 0);
      const { users, more } = server.users(page);
      return { Users: users, ...(more && { PaginationToken: String(page + 1) }) };
    }
    default:
      throw new Rejection('UnknownOperationException', operation);
  }
}

function metricData({ metrics }: PoolServer, input: Json): Json {
  const queries = input['MetricDataQueries'] as {
    Id: string;
    MetricStat: { Metric: { MetricName: string; Dimensions: { Value: string }[] } };
  }[];
  return {
    MetricDataResults: queries.map(({ Id: id, MetricStat: { Metric: metric } }) => {
      const sum = metrics.get(
        [metric.MetricName, ...metric.Dimensions.map(({ Value: value }) => value)].join(' '),
      );
      return { Id: id, Values: sum === undefined ? [] : [sum] };
    }),
  };
}

function stackOutputs(outputs: Record<string, string> | undefined): Json {
  if (!outputs) throw new LambdaError(400, 'ValidationError');
  return outputs;
}

function stackXml(outputs: Json): string {
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${String(value)}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>s</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}

function answerError(response: ServerResponse, error: unknown, status = 400): void {
  const code =
    error instanceof Rejection || error instanceof LambdaError ? error.code : 'InternalErrorException';
  const answered = error instanceof LambdaError ? error.status : error instanceof Rejection ? status : 500;
  if (code === 'ValidationError') {
    response.writeHead(400, { 'content-type': 'text/xml' });
    response.end(
      `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>Stack does not exist</Message></Error></ErrorResponse>`,
    );
    return;
  }
  response.writeHead(answered, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code });
  response.end(JSON.stringify({ __type: code, message: (error as Error).message }));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
