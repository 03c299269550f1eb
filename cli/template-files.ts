/** The mail templates of a folder, as the build embeds them. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { MailTemplate } from '../shared/mail/ports.ts';
import { MAIL_PARTS, MAIL_VALUES, type MailTemplates, templateIssues } from '../shared/mail/templates.ts';
import { CommandFailure } from './failure.ts';
import { readInput } from './input.ts';

/** Throws `CommandFailure` with everything that is wrong in any of the files. */
export function loadTemplates(folder: string): MailTemplates {
  const wrong: string[] = [];
  const load = (name: MailTemplate) =>
    Object.fromEntries(
      MAIL_PARTS.map((part) => {
        const file = join(folder, name, part);
        if (!existsSync(file)) {
          wrong.push(`${file}: is missing\n  help: every mail has ${MAIL_PARTS.join(', ')}`);
          return [part, ''];
        }
        const text = readInput(file);
        for (const { line, column, message, hint } of templateIssues(name, part, text))
          wrong.push(`${file}:${line}:${column} ${message}\n  help: ${hint}`);
        return [part, text];
      }),
    );
  const names = Object.keys(MAIL_VALUES) as MailTemplate[];
  const templates = Object.fromEntries(names.map((name) => [name, load(name)])) as MailTemplates;
  if (wrong.length > 0) throw new CommandFailure(wrong.join('\n'));
  return templates;
}
