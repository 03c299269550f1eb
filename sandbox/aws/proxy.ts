/** A real socket between a client and its peer, on which each request may be met with a fault. Loopback only. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LocalServer, readBody, serve } from '../http.ts';

export interface Asked {
  /** `x-amz-target` without its version; the path where there is none. */
  operation: string;
  body: string;
  /** `user-agent`. */
  agent: string;
}

export interface Answer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

/**
 * What becomes of one request. `cut`: it is passed on, and when its answer is there, the connection is closed without
 * it. `hang`: nothing ever. `reset`: the connection is closed at once. `trickle`: a proper answer begins, and a byte
 * comes each 100 ms. An object is answered as it is, a function makes an answer of the peer's, or resets.
 */
export type Fault =
  | 'pass'
  | 'cut'
  | 'hang'
  | 'reset'
  | 'trickle'
  | Answer
  | ((answer: Answer) => Answer | 'reset' | Promise<Answer>);

/** `peer` is an address, or null where nothing is ever passed on. */
export function startProxy(
  peer: string | null,
  faultFor: (asked: Asked) => Fault | Promise<Fault>,
): Promise<LocalServer> {
  return serve(0, async (request, response) => {
    const body = await readBody(request);
    const { 'x-amz-target': target, 'user-agent': agent = '' } = request.headers;
    const operation = String(target ?? request.url).replace(/^\w+\./, '');
    const fault = await faultFor({ operation, body, agent });
    if (fault !== 'pass' && fault !== 'cut' && typeof fault !== 'function')
      return meet(fault, request, response);
    const answer = await passOn(peer, request, body);
    if (fault === 'cut') meet('reset', request, response);
    else meet(fault === 'pass' ? answer : await fault(answer), request, response);
  });
}

/** What AWS answers to a request that it refuses. */
export function awsError(type: string, status = 400): Answer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ __type: `com.amazonaws#${type}`, message: 'no' }),
  };
}

function meet(
  fault: 'hang' | 'reset' | 'trickle' | Answer,
  { socket }: IncomingMessage,
  response: ServerResponse,
): void {
  if (fault === 'hang') return;
  if (fault === 'reset') socket.destroy();
  else if (fault === 'trickle') trickle(response);
  else response.writeHead(fault.status, fault.headers).end(fault.body);
}

function trickle(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
  response.write('{');
  const timer = setInterval(() => response.write(' '), 100);
  response.on('close', () => clearInterval(timer));
}

async function passOn(
  peer: string | null,
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
