/** What a deployment knows of its API, for the proof of `caller` mode. */

import { parseDeclaredRoute } from '../policy/iam/declared-routes.ts';
import type { KnownApi } from '../policy/iam/exactness.ts';
import type { GatehouseSettings } from './service.ts';

/** `wrong`: what is listed among the routes and is none; then every path is taken as served. */
export function knownApi({ stage, routes }: GatehouseSettings = {}): { api: KnownApi; wrong: string[] } {
  const parsed = (routes ?? []).map((text) => ({ text, route: parseDeclaredRoute(text) }));
  const wrong = parsed.flatMap(({ text, route }) => (route ? [] : [text]));
  const declared = parsed.flatMap(({ route }) => (route ? [route] : []));
  return { api: { stage, routes: routes && wrong.length === 0 ? declared : undefined }, wrong };
}
