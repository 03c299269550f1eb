/** A user pool whose triggers are built functions, and the services that these reach. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Services, startServices } from './aws/services.ts';
import { type LocalFunction, startScalingFunction } from './lambda.ts';
import { type LocalPool, startPool } from './pool/pool.ts';
import type { PoolSettings } from './pool/settings.ts';
import type { TriggerFunctions, TriggerName } from './pool/triggers.ts';

export interface BuiltPool {
  pool: LocalPool;
  services: Services;
  functions: TriggerFunctions;
}

const TRIGGERS: Record<string, TriggerName> = {
  'pre-sign-up': 'PreSignUp',
  'post-confirmation': 'PostConfirmation',
  'pre-token-generation': 'PreTokenGeneration',
  'define-auth-challenge': 'DefineAuthChallenge',
  'create-auth-challenge': 'CreateAuthChallenge',
  'verify-auth-challenge': 'VerifyAuthChallengeResponse',
  'inbound-federation': 'InboundFederation',
};

/** `build` is what `npm run build -- --out` wrote; `env` is put on top. What must be stopped is put on `closers`. */
export async function startBuiltPool(
  {
    build,
    settings,
    env = {},
  }: { build: string; settings: Partial<PoolSettings>; env?: Record<string, string> },
  onLog: (logLines: readonly string[]) => void,
  closers: (() => Promise<void>)[],
): Promise<BuiltPool> {
  const services = await startServices(closers);
  const pool = await startPool(services.inbox.send, settings, onLog);
  closers.push(pool.close);
  const start = (name: string): LocalFunction => {
    const running = startScalingFunction(join(build, name, 'index.mjs'), {
      ...services.env,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: pool.url,
      // A stack that makes its own pool cannot tell its triggers the clients.
      APP_CLIENT_IDS: '*',
      ...env,
    });
    closers.push(running.close);
    return running;
  };
  const built = Object.entries(TRIGGERS).filter(([name]) => existsSync(join(build, name)));
  const functions = Object.fromEntries(built.map(([name, slot]) => [slot, start(name)]));
  pool.attach(functions);
  return { pool, services, functions };
}
