/** A proxy that does to each request what a test says. It ends with the test file. */

import { afterAll } from '@jest/globals';
import { type Answer, type Fault, startProxy } from '../../sandbox/aws/proxy.ts';

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

/** `peer` is an address, or null where nothing is ever passed on. */
export async function startFaultyProxy(peer: string | null): Promise<FaultyProxy> {
  const { url, close } = await startProxy(peer, ({ operation, body }) => {
    proxy.requests.push(operation);
    proxy.bodies.push(body);
    return proxy.answers[operation] ?? proxy.next.shift() ?? proxy.otherwise;
  });
  const proxy: FaultyProxy = {
    endpoint: url,
    requests: [],
    bodies: [],
    answers: {},
    next: [],
    otherwise: 'pass',
    close,
  };
  afterAll(close);
  return proxy;
}
