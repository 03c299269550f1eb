/**
 * Amplify's own client, in a thread of plain Node: its big-number arithmetic, which SRP needs, takes a hundred times
 * as long inside Jest.
 */

import { Worker } from 'node:worker_threads';
import { afterAll } from '@jest/globals';
import type * as auth from 'aws-amplify/auth';

type Auth = typeof auth;
type CallName = 'confirmSignIn' | 'confirmSignUp' | 'fetchAuthSession' | 'signIn' | 'signOut' | 'signUp';

export interface AmplifyCall {
  id: number;
  name: CallName;
  input: unknown;
}

export interface AmplifyReply {
  id: number;
  /** As JSON. */
  output?: string;
  error?: { name: string; message: string };
}

export interface AmplifyClient {
  call: <Name extends CallName>(
    name: Name,
    input?: Parameters<Auth[Name]>[0],
  ) => Promise<Awaited<ReturnType<Auth[Name]>>>;
}

const workers: Worker[] = [];
afterAll(() => Promise.all(workers.map((worker) => worker.terminate())));

/** What `Amplify.configure` takes as `Auth.Cognito`. */
export function startAmplify(cognito: {
  userPoolId: string;
  userPoolClientId: string;
  userPoolEndpoint: string;
}): AmplifyClient {
  const worker = new Worker(new URL('./amplify-worker.ts', import.meta.url), {
    workerData: cognito,
    stdout: true,
    stderr: true,
  });
  workers.push(worker);
  const pending = new Map<number, (reply: AmplifyReply) => void>();
  worker.on('message', (reply: AmplifyReply) => {
    pending.get(reply.id)?.(reply);
    pending.delete(reply.id);
  });
  let lastId = 0;
  return {
    call: async (name, input) => {
      const { promise, resolve } = Promise.withResolvers<AmplifyReply>();
      const id = ++lastId;
      pending.set(id, resolve);
      worker.postMessage({ id, name, input } satisfies AmplifyCall);
      const { output, error } = await promise;
      if (error) throw Object.assign(new Error(error.message), { name: error.name });
      return output === undefined ? undefined : JSON.parse(output);
    },
  };
}
