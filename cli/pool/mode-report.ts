/** A switch of mode in words. */

import { printable } from '../../shared/policy/print.ts';
import { paint } from '../paint.ts';
import type { ModeResult } from './mode.ts';
import { countLines } from './status-report.ts';

export function modeAsText({ mode, functions, sinceHours, wouldDeny, refusal }: ModeResult): string {
  return [
    ...functions.map(({ trigger, was, state }) => {
      const change = state === 'present' ? `${mode} already` : `${was} -> ${mode}`;
      return `  ${state === 'present' ? '=' : paint('yellow', '~')} ${trigger.padEnd(22)} ${change}${state === 'set' ? ', set' : ''}`;
    }),
    ...(mode === 'enforce' ? countLines('would_deny', wouldDeny, sinceHours) : []),
    ...(refusal === null
      ? []
      : [
          `${paint('red', 'refused')}  ${printable(refusal)}`,
          '  help: look at them with `gatehouse attach`, mend the policy or the users; or --accept-refusals',
        ]),
    ...(functions.some(({ state }) => state === 'set')
      ? [
          `note     set the parameter \`mode\` in serverless.yml to ${mode} too, or the next deployment sets it back`,
        ]
      : []),
  ].join('\n');
}
