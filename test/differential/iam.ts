/**
 * IAM as the third evaluator: what a caller's document allows, by `@cloud-copilot/iam-simulate`, against `decide`, for
 * ARNs that nearly miss the policy's patterns. The simulator is AGPL: for tests, never bundled or shipped.
 */

import { runSimulation, runUnsafeSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import fc from 'fast-check';
import type { Artefact } from '../../shared/policy/artefact.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { type Circumstances, decide } from '../../shared/policy/decide.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { claimedOrigin, type Principal, principalOf } from '../../shared/policy/principal.ts';
import { NOW, POISON, world, type World } from './arbitraries.ts';
import { REPLAY, RUNS, SEED } from './settings.ts';

const ACCOUNT = '123456789012';
export const STAGE_ARN = `arn:aws:execute-api:eu-west-1:${ACCOUNT}:a1b2c3d4e5/prod`;

export interface IamDocument {
  Version: string;
  Statement: { Effect: string; Action: string | string[]; Resource: string | string[] }[];
}

/** What makes a caller's document, and says where it cannot be exact. */
export interface CallerCompiler {
  callerDocument(
    policy: Artefact,
    principal: Principal,
    circumstances: Circumstances,
    arn: { stageArn: string },
  ): IamDocument;
  /** Empty: exact for every caller. */
  callerIssues(policy: Artefact): readonly unknown[];
}

/** Does IAM let somebody with this document invoke this method? Throws if the document or the ARN is none. */
export async function simulateIam(document: IamDocument, arn: string): Promise<'allow' | 'deny'> {
  if (!arn.startsWith('arn:') || /[*?\p{Cc}]/u.test(arn)) throw new Error(`not one method: ${arn}`);
  await assertDocument(document);
  // Without the look-up of the ARN's form, which takes ten times as long and has none for the root (`.../GET/`).
  return runUnsafeSimulation(simulation(document, arn), {}) === 'Allowed' ? 'allow' : 'deny';
}

const checked = new WeakSet<IamDocument>();

async function assertDocument(document: IamDocument): Promise<void> {
  if (checked.has(document)) return;
  const run = await runSimulation(simulation(document, `${STAGE_ARN}/GET/a`), {});
  if (run.resultType === 'error') throw new Error(JSON.stringify(run.errors));
  checked.add(document);
}

function simulation(policy: IamDocument, resource: string): Simulation {
  return {
    request: {
      principal: `arn:aws:iam::${ACCOUNT}:user/caller`,
      action: 'execute-api:Invoke',
      resource: { resource, accountId: ACCOUNT },
      contextVariables: {},
    },
    identityPolicies: [{ name: 'caller', policy }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
}

export interface NearMiss {
  verb: string;
  path: string;
  /** Written in the one way in which nothing is encoded: what an exact document must allow if `decide` does. */
  plain: boolean;
}

/** How a request is made from one of the policy's patterns. */
const recipe = fc.record({
  pattern: fc.nat(99),
  verb: fc.nat(9),
  fillers: fc.array(fc.nat(99), { minLength: 6, maxLength: 6 }),
  rest: fc.nat(2),
  change: fc.constantFrom(
    'none',
    'none',
    'none',
    'encode',
    'encode-all',
    'slash',
    'deeper',
    'deeper',
    'shallower',
    'verb',
    'case',
    'longer-segment',
    'poison',
    'escaped-slash',
  ),
  at: fc.nat(9),
  poison: fc.constantFrom(...POISON.filter((text) => !/[*?\p{Cc}\ud800]/u.test(text))),
});
type Recipe = typeof recipe extends fc.Arbitrary<infer T> ? T : never;

const VERBS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'];
const PLAIN = /^(?:\/|(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~@:+=-]+)+)$/;

/** A request that one of the policy's patterns has, or just fails to have. */
function nearMiss({ policy, people }: World, how: Recipe): NearMiss {
  const rules = policy['rules'] as { allow?: string[]; deny?: string[] }[];
  // What is allowed tells more than what is not.
  const patterns = rules.flatMap(({ allow = [], deny = [] }) => [...allow, ...allow, ...allow, ...deny]);
  const [methods = '', template = ''] = (patterns[how.pattern % patterns.length] ?? '').split(' ');
  const words = ['a', 'b', 'acme', 'u1', 'a.b', 'x~y', ...people.flatMap(({ sub, tenant }) => [sub, tenant])];
  const texts = words.filter((word): word is string => typeof word === 'string' && word !== '');
  const filler = (place: number) => texts[(how.fillers[place % 6] ?? 0) % texts.length] as string;

  const listed = methods === 'ANY' ? VERBS : methods.split(',').filter((each) => each !== 'CONNECT');
  if (listed.length === 0) listed.push('GET');
  let verb = listed[how.verb % listed.length] as string;
  let segments = template
    .split('/')
    .slice(1)
    .flatMap((word, place) => {
      if (word === '**') return [filler(place), filler(place + 1)].slice(0, how.rest);
      return [/^[*{]/.test(word) ? filler(place) : word];
    });
  segments = segments.filter((segment) => segment !== '');
  const place = how.at % Math.max(segments.length, 1);
  const one = segments[place] ?? 'a';
  let slash = '';
  switch (how.change) {
    case 'none':
      break;
    case 'encode':
      segments[place] = one.replace(/[a-z]/i, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
      break;
    case 'encode-all':
      segments[place] = [...new TextEncoder().encode(decodeURIComponent(one))]
        .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
        .join('');
      break;
    case 'slash':
      slash = '/';
      break;
    case 'deeper':
      segments.push(filler(5));
      break;
    case 'shallower':
      segments.pop();
      break;
    case 'verb':
      verb = VERBS[how.verb % VERBS.length] as string;
      break;
    case 'case':
      segments[place] = one.toUpperCase();
      break;
    case 'longer-segment':
      segments[place] = `${one}x`;
      break;
    case 'poison':
      segments.splice(place, 0, how.poison);
      break;
    case 'escaped-slash':
      segments[place] = `${one}%2F${filler(4)}`;
      break;
  }
  const path = `/${segments.join('/')}${slash}`;
  return { verb, path, plain: PLAIN.test(path) };
}

/** A world, and requests to its stage. */
export const stage = fc
  .record({ world, recipes: fc.array(recipe, { minLength: 1, maxLength: 16, size: 'max' }) })
  .map(({ world: drawn, recipes }) => ({
    world: drawn,
    requests: [
      ...recipes.map((how) => nearMiss(drawn, how)),
      ...drawn.requests
        // A WebSocket's answer is for the request alone; it has no document.
        .filter((request) => !/^CONNECT |[*?\p{Cc}\ud800]/u.test(request))
        .map((request) => {
          const [verb = '', path = ''] = request.split(' ');
          return { verb, path, plain: PLAIN.test(path) };
        }),
    ],
  }));

/** Fewer questions than a stage has on average, so that a run has as many as it should. */
const QUESTIONS = 20;

export interface Tally {
  questions: number;
  allowed: number;
  /** Questions where the document had to be exact, and those of them that `decide` allows. */
  exact: number;
  exactAllowed: number;
}

/**
 * What IAM allows, `decide` allows; where the compiler says exact, the converse too for plain paths. Throws, shrunk,
 * at the first document that is not so.
 */
export async function judgeCallers(
  { callerDocument, callerIssues }: CallerCompiler,
  {
    questions = RUNS / 10,
    shrink = true,
    evaluate = simulateIam,
    name = 'the IAM simulator',
  }: { questions?: number; shrink?: boolean; evaluate?: typeof simulateIam; name?: string } = {},
): Promise<Tally> {
  const tally: Tally = { questions: 0, allowed: 0, exact: 0, exactAllowed: 0 };
  process.stdout.write(`decide and ${name}: SEED=${SEED} RUNS=${RUNS}\n`);
  const property = fc.asyncProperty(stage, async ({ world: { policy, people, ttl }, requests }) => {
    const text = JSON.stringify(policy);
    const parsed = parsePolicy(text);
    if (!parsed.ok) throw new Error('no policy');
    const artefact = JSON.parse(JSON.stringify(compilePolicy(parsed.policy))) as Artefact;
    const circumstances = { nowSeconds: NOW, ttlSeconds: ttl, revoked: false };
    const exact = callerIssues(artefact).length === 0;
    for (const claims of people) {
      const principal = await principalOf(claims, claimedOrigin(claims));
      const document = callerDocument(artefact, principal, circumstances, { stageArn: STAGE_ARN });
      for (const { verb, path, plain } of requests) {
        const { effect, code } = decide(artefact, principal, { verb, path, flaw: null }, circumstances);
        const iam = await evaluate(document, `${STAGE_ARN}/${verb}${path}`);
        const wrong = iam === 'allow' ? effect === 'deny' : exact && plain && effect === 'allow';
        if (wrong)
          throw new Error(
            [
              `IAM: ${iam}, decide: ${code}`,
              `${verb} ${path}`,
              text,
              JSON.stringify({ claims, document }),
            ].join('\n'),
          );
        tally.questions += 1;
        if (effect === 'allow') tally.allowed += 1;
        if (exact && plain) tally.exact += 1;
        if (exact && plain && effect === 'allow') tally.exactAllowed += 1;
      }
    }
  });
  await fc.assert(property, {
    seed: SEED,
    numRuns: Math.ceil(questions / QUESTIONS),
    includeErrorInReport: true,
    endOnFailure: !shrink,
    ...(REPLAY !== undefined && { path: REPLAY, endOnFailure: true }),
  });
  return tally;
}
