/** Every command of docs/deploy.md, in its order, in a local cloud. */

import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkout, ROOT, run, temporaryFolder } from '../support/bundles.ts';
import { type LocalCloud, startMiniStack } from './ministack.ts';
import { installTools } from './virtual-environment.ts';

const tools = installTools('requirements.txt', 'the commands of docs/deploy.md');
const suite = 'missing' in tools ? describe.skip : describe;
const bin = 'missing' in tools ? '' : tools.bin;

const commands = [
  ...readFileSync(join(ROOT, 'docs', 'deploy.md'), 'utf8').matchAll(/^```sh\n(.*?)^```$/gms),
].map(([, text = '']) => text);

suite('docs/deploy.md', () => {
  const folder = temporaryFolder();
  const root = checkout(folder.path);
  let cloud: LocalCloud;

  beforeAll(async () => {
    cloud = await startMiniStack(bin);
  });
  afterAll(async () => {
    await cloud.stop();
    folder.remove();
  });

  it('has commands, and each ends well', async () => {
    expect(commands.length).toBeGreaterThan(5);
    // The dependencies are there, and the cloud's gateways are not at AWS's addresses.
    const script = commands
      .join('\n')
      .replace(/^npm ci$/m, 'npm run build:cli')
      .replaceAll('"$API/', '"$(local "$API")/')
      // MiniStack describes a pool with a member that AWS does not have, and without its tier.
      .replace(/^(npx gatehouse detach .*)$/m, '$1 --force');
    const local = `local() { echo "$1" | sed -E 's#https://([^.]+)[^/]*#${cloud.endpoint}/_aws/execute-api/\\1#'; }`;
    const file = join(folder.path, 'commands.sh');
    writeFileSync(file, `set -euo pipefail\n${local}\n${script}`);
    const { code, stdout, stderr } = await run('bash', [file], {
      cwd: root,
      env: {
        ...cloud.env,
        AWS_REGION: '',
        HOME: folder.path,
        PATH: [join(ROOT, 'node_modules', '.bin'), bin, process.env['PATH']].join(delimiter),
      },
    });
    expect({ code, stderr: code === 0 ? '' : `${stdout}\n${stderr}\n${cloud.output()}` }).toEqual({
      code: 0,
      stderr: '',
    });
    // Which statuses they are is deployed.test.ts's to show: MiniStack needs help for it (README.md beside this file).
    expect(stdout.match(/HTTP\/1\.1 \d+/g)).toHaveLength(3);
  });
});
