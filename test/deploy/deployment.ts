/** A copy of the project, deployed into a local cloud with the commands that users have. */

import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { checkout, ROOT, run, type RunResult } from '../support/bundles.ts';
import { type LocalCloud, REGION } from './ministack.ts';

export class Deployment {
  readonly root: string;
  readonly #cloud: LocalCloud;
  readonly #env: NodeJS.ProcessEnv;

  /** `folder` holds the copy, and has no credentials. */
  constructor(cloud: LocalCloud, folder: string) {
    this.#cloud = cloud;
    this.root = checkout(folder);
    this.#env = {
      PATH: `${join(ROOT, 'node_modules', '.bin')}:/usr/bin:/bin`,
      HOME: folder,
      ...cloud.env,
    };
  }

  /** `npm run deploy`; gives the stack's outputs. `args` begin with `--stage NAME`. */
  async deploy(args: string[]): Promise<Record<string, string>> {
    const { code, stdout, stderr } = await run(
      process.execPath,
      [join(this.root, 'scripts', 'deploy.ts'), ...args, '--region', REGION],
      { cwd: this.root, env: this.#env },
    );
    if (code !== 0) throw new Error(`${stdout}\n${stderr}\n${this.#cloud.output()}`);
    const client = new CloudFormationClient(this.#cloud.clientConfig);
    const { Stacks: [stack] = [] } = await client.send(
      new DescribeStacksCommand({ StackName: `gatehouse-${args[1]}` }),
    );
    const outputs = stack?.Outputs ?? [];
    return Object.fromEntries(outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  }

  serverless(command: string, args: string[]): Promise<RunResult> {
    return run(join(ROOT, 'node_modules', '.bin', 'serverless'), [command, ...args, '--region', REGION], {
      cwd: this.root,
      env: this.#env,
    });
  }
}
