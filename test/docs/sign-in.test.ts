/** The examples of docs/sign-in.md: the key is made and rotated, and the page waits for a click. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseCodeKeys } from '../../shared/sign-in/code-keys.ts';
import { ROOT, run } from '../support/bundles.ts';

const page = readFileSync(join(ROOT, 'docs', 'sign-in.md'), 'utf8');
const blockOf = (kind: string) => new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\`$`, 'ms').exec(page)?.[1] ?? '';

/** The Node program in a command of the page. */
const programs = [...page.matchAll(/node -e '([^']+)'/g)].map((match) => String(match[1]));
const node = (program: string, input = '') => run(process.execPath, ['-e', program], { input });

describe('the key', () => {
  it('is made, and rotated', async () => {
    expect(programs).toHaveLength(2);
    const [make = '', rotate = ''] = programs;
    const first = (await node(make)).stdout;
    const keys = parseCodeKeys(first);
    expect(keys.previous).toBeNull();
    const rotated = parseCodeKeys((await node(rotate, first)).stdout);
    expect(rotated.names).toEqual(keys.names);
    expect(rotated.previous).toEqual(keys.current);
    expect(rotated.current.id).not.toBe(keys.current.id);
    expect(rotated.current.key).not.toEqual(keys.current.key);
  });

  it('has the form that the page shows', () => {
    const key = Buffer.alloc(32).toString('base64');
    expect(parseCodeKeys(blockOf('json').replaceAll('…', key)).previous?.id).toBe('1');
  });
});

describe('the page behind a link', () => {
  it('uses it when it is clicked, and not before', async () => {
    const clicks: (() => void)[] = [];
    const text = { textContent: '' };
    const button = { addEventListener: (_: string, then: () => void) => clicks.push(then) };
    let followed = 0;
    const scope = {
      Passwordless: { configure: () => {} },
      signInWithLink: ({ statusCb }: { statusCb: (status: string) => void }) => {
        followed++;
        statusCb('SIGNED_IN_WITH_LINK');
      },
      document: { querySelector: (id: string) => (id === '#sign-in' ? button : text) },
    };
    const program = blockOf('js signed-in\\.js');
    expect(program).toMatch(/^import \{ Passwordless \} from 'amazon-cognito-passwordless-auth';$/m);
    // oxlint-disable-next-line typescript/no-implied-eval -- the page's own text
    new Function(...Object.keys(scope), program.replace(/^import .*$/gm, ''))(...Object.values(scope));
    expect(followed).toBe(0);
    for (const click of clicks) click();
    expect({ followed, text }).toEqual({ followed: 1, text: { textContent: 'SIGNED_IN_WITH_LINK' } });
    for (const id of ['id="sign-in"', 'id="status"', 'src="signed-in.js"', 'content="no-referrer"'])
      expect(blockOf('html signed-in\\.html')).toContain(id);
  });
});
