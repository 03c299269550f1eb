/**
 * Every request that a function sends out, counted, on its way through proxies on loopback; and the moment before or after
 * one at which a process is to end.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LocalServer, readBody, sendJson, serve } from '../sandbox/http.ts';

export type Moment = 'before' | 'after';

/** The end of a process: at the `step`th request, before it reaches its peer, or after the peer has done what it asks. */
export interface End {
  step: number;
  moment: Moment;
  kill: () => void;
}

/** What a service does in place of its work. `lying`: success, and nonsense. */
export type Fault = 'refused' | 'slow' | 'throttled' | 'lying';

export class Steps {
  /** What was asked since the last `begin`, in order. */
  readonly asked: string[] = [];
  /** By the address of a peer. */
  readonly faults = new Map<string, Fault>();
  /** How many requests a fault has met. */
  faulty = 0;
  #end: End | null = null;

  /** Counts from one again. */
  begin(end: End | null): void {
    this.asked.length = 0;
    this.#end = end;
  }

  /** A proxy before `peer`; all proxies of one `Steps` count together. */
  proxy(peer: string): Promise<LocalServer> {
    return serve(0, async (request, response) => {
      const body = await readBody(request);
      const step = this.asked.push(String(request.headers['x-amz-target'] ?? request.url));
      const fault = this.faults.get(peer);
      if (fault) {
        this.faulty++;
        return misbehave(fault, request, response);
      }
      const end = this.#end?.step === step ? this.#end : null;
      if (end?.moment === 'before') return endWith(end, request);
      const answer = await passOn(peer, request, body);
      if (end) return endWith(end, request);
      response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
    });
  }
}

/** The kernel closes the sockets of a process that has ended; until it has, nobody gets an answer. */
function endWith({ kill }: End, request: IncomingMessage): void {
  kill();
  request.socket.destroy();
}

/** The members that we read of an answer, each with something else in it. */
const NONSENSE = {
  Item: { PK: { N: '1' }, data: { S: '[' } },
  Users: [{ Attributes: [{}] }],
  SecretString: '{"current": 1}',
  MessageId: '',
};

function misbehave(fault: Fault, { socket }: IncomingMessage, response: ServerResponse): void {
  if (fault === 'slow') return;
  if (fault === 'refused') return void socket.destroy();
  if (fault === 'lying') return sendJson(response, 200, NONSENSE);
  sendJson(response, 400, { __type: 'ThrottlingException', message: 'slow down' });
}

async function passOn(peer: string, { method = 'GET', url = '/', headers }: IncomingMessage, body: string) {
  const passed = Object.entries(headers).filter(
    ([name]) => !['host', 'connection', 'content-length'].includes(name),
  );
  const answer = await fetch(`${peer}${url}`, {
    method,
    headers: passed as [string, string][],
    ...(body !== '' && { body }),
  });
  return {
    status: answer.status,
    body: await answer.text(),
    type: answer.headers.get('content-type') ?? 'application/json',
  };
}
