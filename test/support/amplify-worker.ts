/** The thread behind `amplify.ts`. */

import { parentPort, workerData } from 'node:worker_threads';
import { Amplify } from 'aws-amplify';
import { confirmSignIn, confirmSignUp, fetchAuthSession, signIn, signOut, signUp } from 'aws-amplify/auth';
import type { AmplifyCall, AmplifyReply } from './amplify.ts';

const CALLS = { confirmSignIn, confirmSignUp, fetchAuthSession, signIn, signOut, signUp };

Amplify.configure({ Auth: { Cognito: workerData } });

parentPort?.on('message', ({ id, name, input }: AmplifyCall) => {
  const reply = (rest: Omit<AmplifyReply, 'id'>) =>
    parentPort?.postMessage({ id, ...rest } satisfies AmplifyReply);
  const call = CALLS[name] as (input: unknown) => Promise<unknown>;
  call(input).then(
    (output) => reply(output === undefined ? {} : { output: JSON.stringify(output) }),
    (error: Error) => reply({ error: { name: error.name, message: error.message } }),
  );
});
