/** Trigger events for tests: the samples, with one thing changed. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENTS } from '../../sandbox/samples.ts';

export type TriggerEvent = Record<string, unknown> & {
  request: Record<string, unknown>;
  response: Record<string, unknown>;
};

/** What an outsider reads of whatever went wrong. */
export const GENERIC = 'This is not possible right now. Please try again later';

/** `pre-sign-up/sign-up`. */
export function sampleEvent(name: string): TriggerEvent {
  return JSON.parse(readFileSync(join(EVENTS, `${name}.json`), 'utf8')) as TriggerEvent;
}

/** The event with other user attributes beside its own; undefined takes one away. */
export function withAttributes(event: TriggerEvent, attributes: Record<string, unknown>): TriggerEvent {
  const userAttributes = { ...(event.request['userAttributes'] as object), ...attributes };
  return { ...event, request: { ...event.request, userAttributes } };
}
