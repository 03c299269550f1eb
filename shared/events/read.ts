/** Checks an event against the shape we rely on, and nothing more: AWS adds members over time. */

import * as v from 'valibot';
import { EventError } from './errors.ts';

/**
 * Gives the event itself, typed, so that what goes back to Cognito is what came, unknown members and all. Throws
 * `EventError` with the first member that does not fit.
 */
export function readEvent<T extends v.GenericSchema>(schema: T, event: unknown): v.InferOutput<T> {
  const result = v.safeParse(schema, event, { abortEarly: true });
  if (result.success) return event;
  throw new EventError(v.getDotPath(result.issues[0]) ?? 'root');
}
