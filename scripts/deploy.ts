/**
 * `npm run deploy -- --stage NAME [options of serverless deploy]`: fetches the pool's keys, builds for the stage, checks,
 * deploys. Each step can be repeated; nothing is deployed unless all before it went well.
 */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkDeployment } from '../cli/check-deployment.ts';
import { pullKeys } from '../cli/commands/keys.ts';
import { CommandFailure, EXIT } from '../cli/failure.ts';
import { readService } from '../cli/serverless.ts';
import { formatIssues } from '../shared/policy/print.ts';

const ROOT = join(import.meta.dirname, '..');
const SERVICE = join(ROOT, 'serverless.yml');

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    // What is not named here is the framework's.
    strict: false,
    options: {
      stage: { type: 'string', short: 's' },
      param: { type: 'string', multiple: true },
      region: { type: 'string', short: 'r' },
      'aws-profile': { type: 'string' },
    },
  });
  const stage = typeof values.stage === 'string' ? values.stage : 'dev';
  const param = (values.param ?? []).map(String);

  await step('keys', () => pullPoolKeys(stage, param));
  await step('build', () =>
    run(process.execPath, [
      join(ROOT, 'scripts', 'build.ts'),
      '--stage',
      stage,
      ...param.flatMap((each) => ['--param', each]),
    ]),
  );
  await step('check', async () => {
    const { valid, issues } = await checkDeployment(SERVICE, {
      stage,
      param,
      ...(typeof values.region === 'string' && { region: values.region }),
      ...(typeof values['aws-profile'] === 'string' && { profile: values['aws-profile'] }),
    });
    if (issues.length > 0) throw new CommandFailure(formatIssues(issues));
    console.log(valid);
  });
  await step('deploy', () => run(join(ROOT, 'node_modules', '.bin', 'serverless'), ['deploy', ...args]));
  return EXIT.ok;
}

/** Without them the authorizer fetches keys at its first cold start: slower, not less safe. */
async function pullPoolKeys(stage: string, param: string[]): Promise<void> {
  const { custom } = await readService(SERVICE, { stage, param });
  const pool = custom?.gatehouse?.userPoolId;
  if (!pool) {
    console.log('the stack makes its own pool; its keys are fetched at the first cold start');
    return;
  }
  try {
    await pullKeys([pool], { out: join(ROOT, 'keys.json') });
    console.log(`keys.json has the keys of ${pool}`);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    console.log(`note: ${error.message.split('\n')[0]}; they are fetched at the first cold start`);
  }
}

async function step(name: string, work: () => void | Promise<void>): Promise<void> {
  console.log(`== ${name}`);
  await work();
}

function run(program: string, args: string[]): void {
  const { status } = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new CommandFailure('not deployed: see above');
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`error: ${error instanceof CommandFailure ? error.message : String(error)}`);
  return EXIT.failure;
});
