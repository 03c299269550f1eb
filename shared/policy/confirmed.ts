/** What happens once an account is confirmed, as far as the policy says. */

import type { Artefact } from './artefact.ts';

/** True if `confirmed` asks for anything: default groups or a welcome mail. */
export function asksForOnboarding({ confirmed }: Pick<Artefact, 'confirmed'>): boolean {
  return confirmed.welcome || confirmed.groups.length > 0;
}
