/**
 * Calls the pool's Lambda triggers as Cognito does (contracts B1): the event's common fields, five seconds an attempt,
 * three attempts while the earlier ones go on, and what the caller reads when a function refuses or fails.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Invocation, LocalFunction } from '../lambda.ts';
import { PoolError } from './errors.ts';
import { POOL_ID, REGION } from './settings.ts';

/** As in `LambdaConfig`. */
export type TriggerName =
  | 'PreSignUp'
  | 'PostConfirmation'
  | 'PreAuthentication'
  | 'PostAuthentication'
  | 'DefineAuthChallenge'
  | 'CreateAuthChallenge'
  | 'VerifyAuthChallengeResponse'
  | 'PreTokenGeneration'
  | 'InboundFederation';

export type TriggerFunctions = Partial<Record<TriggerName, Pick<LocalFunction, 'invoke'>>>;

export interface TriggerCall {
  triggerSource: string;
  userName: string;
  /** Null: an administrator's call, which names no client. */
  clientId: string | null;
  request: Record<string, unknown>;
  /** As it goes out, for the function to fill in. */
  response: Record<string, unknown>;
  version?: string;
}

export type TriggerResponse = Record<string, unknown>;

const ATTEMPTS = 3;

export class Triggers {
  functions: TriggerFunctions = {};
  onLog: (logLines: readonly string[]) => void = () => {};
  readonly #timeLimitMs: number;

  constructor(timeLimitMs: number) {
    this.#timeLimitMs = timeLimitMs;
  }

  /** What the function has put into `response`; what went out as `response` where there is no function. */
  async fire(name: TriggerName, call: TriggerCall): Promise<TriggerResponse> {
    const target = this.functions[name];
    if (!target) return call.response;
    const { answer } = await this.#invoke(name, target, eventOf(call));
    if (!answer.ok)
      throw new PoolError(
        'UserLambdaValidationException',
        `${name} failed with error ${answer.errorMessage}.`,
      );
    const { response } = (answer.payload ?? {}) as { response?: unknown };
    if (typeof response !== 'object' || response === null || Array.isArray(response))
      throw unrecognizableOutput();
    return response as TriggerResponse;
  }

  /** An attempt that is late goes on by itself, and nobody reads what it answers. */
  async #invoke(
    name: TriggerName,
    target: Pick<LocalFunction, 'invoke'>,
    event: unknown,
  ): Promise<Invocation> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const running = target.invoke(event).then((invocation) => {
        this.onLog(invocation.logLines);
        return invocation;
      });
      const timer = new AbortController();
      const late = sleep(this.#timeLimitMs, null, { signal: timer.signal }).catch(() => null);
      const invocation = await Promise.race([running, late]);
      timer.abort();
      if (invocation) return invocation;
    }
    throw new PoolError(
      'UnexpectedLambdaException',
      `${name} invocation failed due to error Socket timeout while invoking Lambda function.`,
    );
  }
}

/** A response of another shape than the trigger's. */
export function unrecognizableOutput(): PoolError {
  return new PoolError('InvalidLambdaResponseException', 'Unrecognizable lambda output');
}

function eventOf({ version = '1', clientId, triggerSource, userName, request, response }: TriggerCall) {
  return {
    version,
    region: REGION,
    userPoolId: POOL_ID,
    userName,
    callerContext: {
      awsSdkVersion: 'aws-sdk-unknown-unknown',
      clientId: clientId ?? 'CLIENT_ID_NOT_APPLICABLE',
    },
    triggerSource,
    request,
    response,
  };
}
