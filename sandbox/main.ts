/**
 * `npm start`: a local user pool wired to the built triggers, a local API gateway that asks the built authorizer,
 * and a scenario that walks through both. It exits 0 if every expectation held, 1 if not, 3 if it could not be played.
 */

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { APP_CLIENT_ID, POOL_ID } from './pool/settings.ts';
import { type Outcome, ScenarioRun } from './run.ts';
import { readScenario, type Scenario } from './scenario.ts';
import { type Closer, type Stage, startStage } from './stage.ts';
import { decisionRow, tableFoot, tableHead, tableRow } from './table.ts';

const HELP = `npm start -- [--once] [--policy FILE] [--scenario FILE] [--port N]

  --once           exit after the scenario: 0 if every expectation held, 1 if not, 3 if it could not be played
  --policy FILE    the policy to build and run (default: policy.yml)
  --scenario FILE  the scenario to walk through (default: sandbox/scenario.yml)
  --port N         pool on N, REST API on N+1, HTTP API on N+2 (default: free ports)`;

/** Sets the exit code once the scenario is through. */
async function main(closers: Closer[]): Promise<void> {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      policy: { type: 'string', default: 'policy.yml' },
      scenario: { type: 'string', default: join('sandbox', 'scenario.yml') },
      port: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exitCode = 0;
    return;
  }
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65533)
    throw new Error('--port must be a port number up to 65533');
  const scenario = readScenario(values.scenario);
  const stage = await startStage({ policy: values.policy, scenario, port: Number(values.port) }, closers);
  const run = new ScenarioRun(scenario, stage);

  if (stage.added.length > 0)
    console.log(`${values.policy}, and of the scenario: ${stage.added.join(', ')}\n`);
  console.log(tableHead());
  const outcomes: Outcome[] = [];
  for await (const outcome of run.outcomes()) {
    outcomes.push(outcome);
    console.log(tableRow(outcome));
  }
  console.log(tableFoot(outcomes));
  process.exitCode = outcomes.every(({ failures }) => failures.length === 0) ? 0 : 1;
  if (values.once) return;
  console.log(whereToGoOn(scenario, stage, run));
  stage.decisions.onDecision = (decision) => console.log(decisionRow(decision));
  await interrupted;
}

/** Where everything listens, and a call for each token of which the scenario expects that one is allowed. */
function whereToGoOn(scenario: Scenario, { apis, pool, inbox }: Stage, run: ScenarioRun): string {
  const curls = [...run.tokens].flatMap(([name, token]) => {
    // With a token from before they were revoked, a call is allowed no more.
    const revoked = scenario.steps.findLastIndex((step) => 'revoke' in step && step.revoke === name);
    const allowed = scenario.steps
      .slice(revoked + 1)
      .find(
        (step) => 'call' in step && step.as === name && step.expect.status === 200 && step.api !== 'http',
      );
    if (!allowed || !('call' in allowed)) return [];
    const [method, path] = run.resolveCall(allowed.call);
    const who = scenario.people[name]?.email ?? `machine ${name}`;
    return `\n# ${who}\ncurl -i -X ${method} '${apis.rest}${path}' -H 'authorization: Bearer ${token}'`;
  });
  return [
    '',
    `user pool  ${pool.url}  (${POOL_ID}, client ${APP_CLIENT_ID})`,
    `inbox      ${inbox.url}  (all mail; a page for a browser)`,
    `REST API   ${apis.rest}`,
    `HTTP API   ${apis.http}`,
    ...curls,
    '',
    'Decisions are shown below as they are made. Ctrl-C ends it and leaves nothing behind.',
  ].join('\n');
}

const closers: Closer[] = [];
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
});
const finished = main(closers).catch((error: unknown) => {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 3;
});
await Promise.race([finished, interrupted]);
for (const close of closers.toReversed()) await close();
// Cut off in the middle: nothing was proved.
process.exit(process.exitCode ?? 130);
