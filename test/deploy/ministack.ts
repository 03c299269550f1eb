/** MiniStack, a local cloud, with a front that adds what it lacks (README.md beside this file). Loopback only. */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../support/bundles.ts';

export const REGION = 'us-east-1';
export const ACCOUNT = '123456789012';

/** What a function asks of AWS; it is told by the address that it was given (`functionEndpoint`). */
export interface FunctionCall {
  caller: string;
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface LocalCloud {
  /** The address to give to AWS clients, and to call APIs at. */
  endpoint: string;
  /** An address for one function, whose calls `guard` lets pass or not. */
  functionEndpoint: (name: string) => string;
  guard: (call: FunctionCall) => Promise<boolean>;
  /** What AWS clients take for credentials. */
  env: Record<string, string>;
  /** The same for clients of the SDK in this process. */
  clientConfig: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  output: () => string;
  stop: () => Promise<void>;
}

export async function startMiniStack(bin: string): Promise<LocalCloud> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-cloud-'));
  const port = await freePort();
  // Deployed functions inherit this environment, and are to find Lambda's Node first.
  const child = spawn(join(bin, 'ministack'), [], {
    cwd: folder,
    detached: true,
    env: {
      HOME: folder,
      PATH: [join(ROOT, 'node_modules', '.bin'), '/usr/bin', '/bin'].join(delimiter),
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      MINISTACK_ACCOUNT_ID: ACCOUNT,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
    });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const front = createServer((request, response) => void pass(request, response, { cloud, port }));
  const stop = async () => {
    front.closeAllConnections();
    front.close();
    // The whole group: it leaves workers behind otherwise.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  if (!(await isUp(`http://127.0.0.1:${port}/_ministack/health`))) {
    await stop();
    throw new Error(`MiniStack did not start\n${output}`);
  }
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', () => resolve()));
  const endpoint = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  const cloud: LocalCloud = {
    endpoint,
    functionEndpoint: (name) => `${endpoint}/_as/${name}`,
    // Who gives functions addresses says what they may.
    guard: async () => false,
    env: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    clientConfig: {
      endpoint,
      region: REGION,
      credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'local' },
    },
    output: () => output,
    stop,
  };
  return cloud;
}

const VALID_TEMPLATE =
  '<ValidateTemplateResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><ValidateTemplateResult/></ValidateTemplateResponse>';

/** Behind it whoever asked may ask again. */
const ANSWER_LIMIT_MS = 20_000;

const DENIED = JSON.stringify({ __type: 'AccessDeniedException', message: 'not authorized to perform this' });

/** Passes a request on; answers for MiniStack what it cannot, and tells it what AWS would know by itself. */
async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  { cloud, port }: { cloud: LocalCloud; port: number },
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  if (/^Action=ValidateTemplate&|&Action=ValidateTemplate(?:&|$)/.test(body.toString('latin1'))) {
    response.writeHead(200, { 'content-type': 'text/xml' }).end(VALID_TEMPLATE);
    return;
  }
  const { method = '', url = '' } = request;
  const [, caller, path = url] = /^\/_as\/([^/]+)(\/.*)$/.exec(url) ?? [];
  const headers = { ...request.headers, ...contextHeaders(request) };
  if (caller !== undefined) {
    const call = { caller, method, path, headers, body: body.toString() };
    if (!(await cloud.guard(call).catch(() => false))) {
      response.writeHead(403, { 'content-type': 'application/json' }).end(DENIED);
      return;
    }
  }
  // A connection for each request, and an end to each: requests have been seen that MiniStack never answered.
  const passed = httpRequest({
    host: '127.0.0.1',
    port,
    method,
    path,
    headers: { ...headers, connection: 'close' },
    agent: false,
    timeout: ANSWER_LIMIT_MS,
  });
  passed.on('timeout', () => passed.destroy());
  passed.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  passed.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  passed.end(body);
}

/** `context.httpMethod` and `context.path` as headers, which MiniStack can take for identity sources. */
function contextHeaders({ method = '', url = '' }: IncomingMessage): Record<string, string> {
  const path = /^\/_aws\/execute-api\/[^/]+(\/[^?]*)/.exec(url)?.[1];
  return path === undefined ? {} : { 'x-context-httpmethod': method, 'x-context-path': path };
}

async function isUp(url: string): Promise<boolean> {
  for (let attempt = 0; attempt < 150; attempt++) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return true;
    await sleep(200);
  }
  return false;
}

async function freePort(): Promise<number> {
  const socket = createSocket();
  await new Promise<void>((resolve) => socket.listen(0, '127.0.0.1', () => resolve()));
  const { port } = socket.address() as AddressInfo;
  await new Promise((resolve) => socket.close(resolve));
  return port;
}
