/** Groups that include each other. */

import type { LocatedIssue } from './issues.ts';
import { list, type Mapping, mapping } from './untyped.ts';

/** One issue for each `includes` that closes a circle. Iterative: a chain of groups may be long. */
export function cycleIssues(groups: Mapping): LocatedIssue[] {
  const includesOf = (name: string) =>
    list(mapping(Object.hasOwn(groups, name) ? groups[name] : null)['includes']);
  const issues: LocatedIssue[] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const root of Object.keys(groups)) {
    const trail = state.has(root) ? [] : [{ name: root, step: 0 }];
    for (let top = trail.at(-1); top; top = trail.at(-1)) {
      state.set(top.name, 'open');
      const index = top.step++;
      const next = includesOf(top.name)[index];
      if (index >= includesOf(top.name).length) {
        state.set(top.name, 'done');
        trail.pop();
      } else if (typeof next === 'string' && state.get(next) === 'open') {
        const names = trail.map(({ name }) => name);
        issues.push({
          code: 'POLICY_INCLUDES_CYCLE',
          message: `groups include each other: ${[...names.slice(names.indexOf(next)), next].join(' → ')}`,
          hint: 'take one `includes` out',
          path: ['groups', top.name, 'includes', index],
        });
      } else if (typeof next === 'string' && !state.has(next)) {
        trail.push({ name: next, step: 0 });
      }
    }
  }
  return issues;
}
