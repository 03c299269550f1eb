/** A rule of the audit is a rule, a page of its name, and a row of the index. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { RULES } from '../../shared/pool/audit/rules.ts';
import { ROOT } from '../support/bundles.ts';

const FOLDER = join(ROOT, 'docs', 'audit');
const page = (name: string) => readFileSync(join(FOLDER, `${name}.md`), 'utf8');

describe('docs/audit', () => {
  it('has a page for each rule, and no other', () => {
    const pages = readdirSync(FOLDER).map((file) => file.replace(/\.md$/, ''));
    expect(pages.filter((name) => name !== 'README').toSorted()).toEqual(
      RULES.map(({ id }) => id).toSorted(),
    );
  });

  it.each(RULES)(
    '$id: its page begins with what the rule says, and tells how to mend it',
    ({ id, severity, title }) => {
      const [heading, , first] = page(id).split('\n');
      const shown = severity.replace(/^./, (letter) => letter.toUpperCase());
      expect([heading, first]).toEqual([`# ${id}`, `**${shown}**: ${title}.`]);
      expect(page(id)).toMatch(/\n\n## Mend\n\n\S/);
    },
  );

  it('has an index in the order of the rules', () => {
    const rows = page('README')
      .split('\n')
      .filter((line) => line.startsWith('| ['));
    expect(rows).toEqual(
      RULES.map(({ id, severity, title }) => `| [${id}](${id}.md) | ${severity} | ${title} |`),
    );
  });
});
