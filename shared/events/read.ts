/** Checks an event against the shape we rely on, and nothing more: AWS adds members over time. */

import { EventError } from './errors.ts';
import type { Shape } from './shape.ts';

/**
 * Gives the event itself, typed, so that what goes back to Cognito is what came, unknown members and all. Throws
 * `EventError` with the first member that does not fit.
 */
export function readEvent<T>(shape: Shape<T>, event: unknown): T {
  const misfit = shape(event);
  if (misfit !== null) throw new EventError(misfit === '' ? 'root' : misfit);
  return event as T;
}
