/** A trigger's function as Lambda runs it, and the one setting of it that rolling out changes: `MODE`. */

import {
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  ResourceNotFoundException,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { isAgain } from './failures.ts';

export interface TriggerFunction {
  arn: string;
  /** Null if there is no such function. */
  name: string | null;
  /** Why it would not run; null if it would. */
  flaw: string | null;
  /** Null if it is kept from us (`HiddenEnvironment`). */
  environment: Readonly<Record<string, string>> | null;
}

/** It is encrypted with a key that the caller may not use. */
class HiddenEnvironment extends Error {
  override readonly name = 'HiddenEnvironment';
}

export type Mode = 'enforce' | 'observe';

export async function readFunction(lambda: LambdaClient, arn: string): Promise<TriggerFunction> {
  try {
    const configuration = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: arn }));
    return {
      arn,
      name: configuration.FunctionName ?? arn,
      flaw: flawOf(configuration),
      environment: environmentOf(configuration),
    };
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    return { arn, name: null, flaw: 'there is no such function', environment: null };
  }
}

/** As the handlers read it: absent is `enforce`. */
export function modeOf({ environment }: TriggerFunction): Mode | 'unknown' {
  if (environment === null) return 'unknown';
  const mode = environment['MODE'];
  if (mode === undefined || mode === '') return 'enforce';
  return mode === 'enforce' || mode === 'observe' ? mode : 'unknown';
}

/**
 * Sets `MODE` and leaves every other variable as it is. The revision makes it one step: somebody else's change in
 * between is read again, not undone. Throws `HiddenEnvironment`, and what the SDK throws.
 */
export async function setMode(
  lambda: LambdaClient,
  arn: string,
  mode: Mode,
  { attempts = 8, pause = backOff }: { attempts?: number; pause?: (attempt: number) => Promise<void> } = {},
): Promise<'present' | 'set'> {
  for (let attempt = 1; ; attempt += 1) {
    if (attempt > 1) await pause(attempt);
    const configuration = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: arn }));
    const variables = environmentOf(configuration);
    if (variables === null)
      throw new HiddenEnvironment('the environment cannot be read, so it cannot be written back whole');
    if (variables['MODE'] === mode) return 'present';
    try {
      await lambda.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName: arn,
          Environment: { Variables: { ...variables, MODE: mode } },
          RevisionId: configuration.RevisionId,
        }),
      );
      return 'set';
    } catch (error) {
      if (!isAgain(error) || attempt >= attempts) throw error;
    }
  }
}

function flawOf({
  State: state = 'Active',
  StateReason: reason,
  LastUpdateStatus: update,
}: FunctionConfiguration) {
  if (state === 'Failed') return `its state is Failed${reason ? ` (${reason})` : ''}`;
  return update === 'Failed' ? 'its last update failed' : null;
}

function environmentOf({ Environment: environment }: FunctionConfiguration): Record<string, string> | null {
  return environment?.Error ? null : (environment?.Variables ?? {});
}

function backOff(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(250 * 2 ** (attempt - 1), 4000)));
}
