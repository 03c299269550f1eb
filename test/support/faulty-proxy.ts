/** A real socket between a client and its peer, which does to each request what a test says. Loopback only. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll } from '@jest/globals';

/**
 * What becomes of one request. `cut`: it is passed on, and when its answer is there, the connection is closed without
 * it. `hang`: nothing ever. `reset`: the connection is closed at once. `trickle`: a proper answer begins, and a byte
 * comes each 100 ms. An object is answered as it is, a function makes an answer of the peer's.
 */
export type Fault = 'pass' | 'cut' | 'hang' | 'reset' | 'trickle' | Answer | ((answer: Answer) => unknown);

export interface Answer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

export interface FaultyProxy {
  endpoint: string;
  /** What came in, by `x-amz-target` without its version, or by the path. */
  requests: string[];
  /** Their bodies. */
  bodies: string[];
  /** What some requests are always answered, by the same names; before all faults. */
  answers: Record<string, Answer>;
  /** For the next requests, one each; those behind get `otherwise`. */
  next: Fault[];
  otherwise: Fault;
  /** Closes the port: connections are refused. */
  close: () => Promise<void>;
}

/** `peer` is an address, or null where nothing is ever passed on. It ends with the test file. */
export async function startFaultyProxy(peer: string | null): Promise<FaultyProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    void handle(request, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const proxy: FaultyProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    bodies: [],
    answers: {},
    next: [],
    otherwise: 'pass',
    close: async () => {
      if (!server.listening) return;
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  afterAll(proxy.close);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const target = String(request.headers['x-amz-target'] ?? request.url).replace(/^\w+\./, '');
    proxy.requests.push(target);
    proxy.bodies.push(body);
    const fault = proxy.answers[target] ?? proxy.next.shift() ?? proxy.otherwise;
    if (fault === 'hang') return;
    if (fault === 'reset') {
      request.socket.destroy();
    } else if (fault === 'trickle') {
      trickle(response);
    } else if (typeof fault === 'object') {
      send(response, fault);
    } else {
      const answer = await passOn(request, body);
      if (fault === 'cut') request.socket.destroy();
      else send(response, fault === 'pass' ? answer : ((await fault(answer)) as Answer));
    }
  }

  async function passOn(
    { method = 'GET', url = '/', headers }: IncomingMessage,
    body: string,
  ): Promise<Answer> {
    if (peer === null) throw new Error('there is no peer to pass this on to');
    const passed = Object.entries(headers).filter(
      ([name]) => !['host', 'connection', 'content-length'].includes(name),
    );
    const answer = await fetch(`${peer}${url}`, {
      method,
      headers: passed as [string, string][],
      ...(body !== '' && { body }),
    });
    const type = answer.headers.get('content-type') ?? 'application/x-amz-json-1.0';
    return { status: answer.status, body: await answer.text(), headers: { 'content-type': type } };
  }

  return proxy;
}

/** What AWS answers to a request that it refuses. */
export function awsError(type: string, status = 400): Answer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ __type: `com.amazonaws#${type}`, message: 'no' }),
  };
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, headers).end(body);
}

function trickle(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
  response.write('{');
  const timer = setInterval(() => response.write(' '), 100);
  response.on('close', () => clearInterval(timer));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
