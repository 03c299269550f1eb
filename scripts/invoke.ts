/** `npm run invoke -- <function> <case>`: a sample event through the built function, and what came of it. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditOf, isRefusal } from '../sandbox/outcome.ts';
import {
  asksWhoIsRevoked,
  EVENTS,
  fillSample,
  openSampleTable,
  readManifest,
  sampleEnvironment,
} from '../sandbox/samples.ts';
import { type Invocation, startFunction } from '../sandbox/lambda.ts';

const manifest = readManifest();

async function main([name, sample]: string[]): Promise<number> {
  if (name === undefined || sample === undefined) {
    console.log(`npm run invoke -- <function> <case>\n\n${list(name)}`);
    return name === undefined || manifest[name] ? 0 : 2;
  }
  const source = manifest[name]?.[sample]?.source;
  const bundle = join(import.meta.dirname, '..', 'build', name, 'index.mjs');
  if (source === undefined)
    return usage(`there is no ${name} ${sample}`, 'without a case, the cases are listed');
  if (!existsSync(bundle)) return usage(`there is no bundle of ${name}`, 'run `npm run build`');
  const event = fillSample(join(EVENTS, name, `${sample}.json`));
  const table = asksWhoIsRevoked(name) ? await openSampleTable() : null;
  const running = startFunction(bundle, { ...sampleEnvironment(name), ...table?.env });
  const invocation = await running.invoke(JSON.parse(readFileSync(event, 'utf8')));
  await running.close();
  await table?.close();
  console.log(describe(invocation, source));
  return isRefusal(invocation) ? 1 : 0;
}

function describe(invocation: Invocation, source: string): string {
  const { effect, code, rule, reason, route } = auditOf(invocation) ?? {};
  const decision =
    code === undefined
      ? 'no decision'
      : [String(effect).toUpperCase(), route, '·', code, rule && `by rule ${String(rule)}`, reason]
          .filter(Boolean)
          .join(' ');
  const { answer } = invocation;
  const gave = answer.ok
    ? JSON.stringify(answer.payload, null, 2)
    : `throws ${answer.errorType}: ${answer.errorMessage}`;
  return `${decision}\nfrom ${source}\n\n${gave}`;
}

function list(name: string | undefined): string {
  const chosen = name !== undefined && manifest[name] ? { [name]: manifest[name] } : manifest;
  return Object.entries(chosen)
    .map(([each, samples]) =>
      [each, ...Object.entries(samples).map(([key, { source }]) => `  ${key.padEnd(28)} ${source}`)].join(
        '\n',
      ),
    )
    .join('\n\n');
}

function usage(problem: string, help: string): number {
  console.error(`error: ${problem}\n  help: ${help}`);
  return 2;
}

process.exitCode = await main(process.argv.slice(2));
