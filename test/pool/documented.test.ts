/** Every command of docs/attach.md, in its order, on a pool that serves users. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { REFUSAL_CODES } from '../../shared/pool/refusals.ts';
import { buildCommand, ROOT, temporaryFolder } from '../support/bundles.ts';
import type { Pool } from '../support/pool-server/pool.ts';
import { PoolServer } from '../support/pool-server/server.ts';
import { furnish, OURS, STACK, startCommand } from '../support/pool-server/world.ts';

const PAGE = readFileSync(join(ROOT, 'docs', 'attach.md'), 'utf8');
const folder = temporaryFolder();
const server = new PoolServer();
let command = '';
let pool: Pool;

beforeAll(async () => {
  [command] = await Promise.all([buildCommand(join(folder.path, 'dist')), server.start()]);
  folder.write('policy.yml', readFileSync(join(ROOT, 'policy.yml'), 'utf8'));
  pool = furnish(server, { LambdaConfig: { CustomMessage: OURS['pre-sign-up'] } });
  server.stacks.set('gatehouse-prod', server.stacks.get(STACK) ?? {});
}, 120_000);
afterAll(() => server.stop());

const commands = [...PAGE.matchAll(/^```sh\n(.*?)^```$/gms)]
  .flatMap(([, text = '']) => text.split('\n'))
  .filter(Boolean);

describe('docs/attach.md', () => {
  it('has commands, each of which ends well, and the last leaves the pool as it was', async () => {
    const before = { ...pool.describe(), LastModifiedDate: 0 };
    expect(commands.length).toBeGreaterThan(6);
    for (const line of commands) {
      const [npx, name, ...args] = line.split(' ');
      expect([npx, name]).toEqual(['npx', 'gatehouse']);
      const { done } = startCommand(command, args, {
        cwd: folder.path,
        env: { AWS_ENDPOINT_URL: server.endpoint, AWS_REGION: 'eu-west-1' },
      });
      expect({ line, ...(await done) }).toMatchObject({
        line,
        code: 0,
        stderr: expect.not.stringContaining('error'),
      });
    }
    expect({ ...pool.describe(), LastModifiedDate: 0 }).toEqual(before);
    expect(server.calls.filter((call) => call === 'UpdateUserPool')).toHaveLength(2);
  });

  it('explains every code', () => {
    const codes = [...PAGE.matchAll(/^\| (`ATTACH_.*?) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, code]) => String(code)),
    );
    expect(codes.toSorted()).toEqual([...REFUSAL_CODES].toSorted());
  });
});
