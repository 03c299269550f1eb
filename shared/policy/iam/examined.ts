/** A policy's patterns as the proof for `caller` mode sees them, and what it may find. */

import type { Artefact } from '../artefact.ts';
import { HTTP_VERBS } from '../pattern.ts';
import { ONE, STAR, type Token } from './language.ts';
import { type ListedPattern, patternsOf } from './patterns.ts';
import type { BoundPattern } from './resources.ts';

export interface CallerIssue {
  /** The rules at fault, by id. */
  rules: string[];
  message: string;
  hint: string;
}

/** Stands for the value of a bound segment. Longer ones can take a document over 8 KB, which is a 500. */
export const SOME_VALUE = 'v'.repeat(64);

/** A pattern as the proof sees it. */
export interface Examined {
  id: string;
  effect: 'allow' | 'deny';
  listed: ListedPattern;
  /** What it can match, whatever the values. */
  language: Token[];
  /** With `SOME_VALUE` in bound segments: a value is a literal, which swallows no slash. */
  pattern: BoundPattern;
}

/** In the order of `patternsOf`; WebSocket patterns are left out. */
export function examine(policy: Artefact): Examined[] {
  return patternsOf(policy)
    .filter(({ verbs }) => HTTP_VERBS.some((verb) => verbs.includes(verb)))
    .map((listed) => {
      const { id = '', effect = 'deny' } = policy.rules[listed.rule] ?? {};
      const segments = listed.parts.map((part) => {
        if (part === 'any') return null;
        return 'literal' in part ? part.literal : SOME_VALUE;
      });
      const pattern = { segments, rest: listed.rest };
      const fixed = listed.parts.map(
        (part): Token => (part !== 'any' && 'literal' in part ? part.literal : ONE),
      );
      return { id, effect, listed, pattern, language: listed.rest ? [...fixed, STAR] : fixed };
    });
}
