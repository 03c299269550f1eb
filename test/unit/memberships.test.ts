import { describe, expect, it } from '@jest/globals';
import { membershipsOf, memberTruth } from '../../shared/policy/memberships.ts';
import { compiled } from '../support/policy.ts';

const policy = compiled(`
version: 1
groups:
  admin: { includes: [editor] }
  editor: {}
  partner: { members: { domains: [partner.io] }, includes: [guest] }
  guest: {}
`);

describe('the groups of somebody', () => {
  it.each<[string, Parameters<typeof membershipsOf>[1], string[], string[]]>([
    ['without any', { kind: 'user', domain: 'a.io', groups: [] }, [], []],
    [
      'as listed, with what they include; the pool has groups of its own',
      { kind: 'user', domain: 'a.io', groups: ['admin', 'pool', 'constructor'] },
      ['admin', 'pool', 'constructor', 'editor'],
      [],
    ],
    ['by domain', { kind: 'user', domain: 'partner.io', groups: [] }, ['partner', 'guest'], []],
    ['by domain, whatever is listed', { kind: 'user', domain: 'a.io', groups: ['partner'] }, [], []],
    [
      'without a domain',
      { kind: 'user', domain: null, groups: ['editor'] },
      ['editor'],
      ['partner', 'guest'],
    ],
    [
      'with a listing that cannot be read',
      { kind: 'user', domain: 'a.io', groups: 'unknown' },
      [],
      ['admin', 'editor', 'guest'],
    ],
    ['that is a machine', { kind: 'machine', domain: 'partner.io', groups: ['admin'] }, [], []],
  ])('%s', (_, member, held, unknown) => {
    const memberships = membershipsOf(policy, member);
    expect(memberships).toEqual({ held: new Set(held), unknown: new Set(unknown) });
    for (const group of ['admin', 'editor', 'partner', 'guest'])
      expect(memberTruth(memberships, group)).toBe(
        held.includes(group) || (unknown.includes(group) ? 'unknown' : false),
      );
  });

  it('are computed for another policy again', () => {
    const member = { kind: 'user' as const, domain: 'a.io', groups: ['admin'] };
    const names = [policy, compiled('version: 1'), policy].map(
      (each) => membershipsOf(each, member).held.size,
    );
    expect(names).toEqual([2, 1, 2]);
  });
});
