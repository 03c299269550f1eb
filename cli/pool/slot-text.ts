/** A slot's value in a few words. */

import { printable } from '../../shared/policy/print.ts';
import type { SlotValue } from '../../shared/pool/triggers.ts';

export function slotText(slot: SlotValue | null): string {
  if (slot === null) return 'nothing';
  return printable(`${slot.arn}${slot.version === null ? '' : ` ${slot.version}`}`);
}
