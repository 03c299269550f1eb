/** Every call that a trigger makes, refused, hanging, throttled, and answered with nonsense, over a real socket. */

import {
  answerEvent,
  askEvent,
  confirmedEvent,
  externalEvent,
  tokenEvent,
  type TriggerEvent,
} from './events.ts';
import type { Figure } from './figure.ts';
import type { Answer } from './function-process.ts';
import type { Service } from './peers.ts';
import { newSession, type Stand } from './stand.ts';
import type { Fault } from './steps.ts';

const LIMIT_MS = 4000;
const FAULTS: Fault[] = ['refused', 'slow', 'throttled', 'lying'];

/** `passes`: the event comes back, with whatever answer. `refuses`: an error with the generic text. */
type Stated = 'passes' | 'refuses';

interface Call {
  name: string;
  service: Service;
  /** What is being done with it, for the table. */
  purpose: string;
  stated: Stated;
  event: (stand: Stand) => Promise<TriggerEvent>;
}

const asking = async (stand: Stand) => askEvent(stand.newPerson(), newSession());
const answering = async (stand: Stand) => {
  const person = stand.newPerson();
  const { challenge, code } = await stand.mailedCode(person);
  return answerEvent(person, challenge, code);
};
const confirming = async (stand: Stand) => confirmedEvent(stand.newPerson());

/** As docs/sign-in.md, docs/onboarding.md, docs/federation.md and docs/policy.md state it. */
const CALLS: Call[] = [
  {
    name: 'pre-sign-up',
    service: 'COGNITO_IDENTITY_PROVIDER',
    purpose: 'linking',
    stated: 'refuses',
    event: async (stand) => externalEvent(stand.newPerson(), '00U1A2B3'),
  },
  {
    name: 'pre-token-generation',
    service: 'DYNAMODB',
    purpose: 'who is blocked',
    stated: 'refuses',
    event: async (stand) => tokenEvent(stand.newPerson()),
  },
  {
    name: 'post-confirmation',
    service: 'DYNAMODB',
    purpose: 'the profile',
    stated: 'passes',
    event: confirming,
  },
  {
    name: 'post-confirmation',
    service: 'COGNITO_IDENTITY_PROVIDER',
    purpose: 'default groups',
    stated: 'passes',
    event: confirming,
  },
  {
    name: 'post-confirmation',
    service: 'SESV2',
    purpose: 'the welcome mail',
    stated: 'passes',
    event: confirming,
  },
  {
    name: 'create-auth-challenge',
    service: 'DYNAMODB',
    purpose: 'the code',
    stated: 'refuses',
    event: asking,
  },
  {
    name: 'create-auth-challenge',
    service: 'SECRETS_MANAGER',
    purpose: 'the key of its hash',
    stated: 'refuses',
    event: asking,
  },
  { name: 'create-auth-challenge', service: 'SESV2', purpose: 'its mail', stated: 'passes', event: asking },
  {
    name: 'verify-auth-challenge',
    service: 'DYNAMODB',
    purpose: 'the code',
    stated: 'refuses',
    event: answering,
  },
  {
    name: 'verify-auth-challenge',
    service: 'SECRETS_MANAGER',
    purpose: 'the key of its hash',
    stated: 'refuses',
    event: answering,
  },
];

export async function failureFigures(stand: Stand): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const call of CALLS) figures.push(await tryFaults(stand, call));
  return figures;
}

async function tryFaults({ start, peers, ...stand }: Stand, call: Call): Promise<Figure> {
  const { steps, addresses } = peers;
  let slowest = 0;
  const answers = new Set<string>();
  for (const fault of FAULTS) {
    const event = await call.event({ start, peers, ...stand });
    steps.faults.set(addresses[call.service], fault);
    steps.faulty = 0;
    const process = start(call.name);
    const began = performance.now();
    const answer = await process.invoke(event);
    slowest = Math.max(slowest, performance.now() - began);
    process.kill();
    steps.faults.clear();
    answers.add(steps.faulty > 0 ? answerOf(answer) : `${fault}: not called`);
  }
  const measured = [...answers].join(', ');
  return {
    what: `${call.name}, ${call.purpose} (${SERVICE_NAMES[call.service]})`,
    measured: `${measured}; ${(slowest / 1000).toFixed(1)} s at most, cold start and all`,
    goal: `${call.stated}, within ${LIMIT_MS / 1000} s`,
    met: measured === call.stated && slowest <= LIMIT_MS,
  };
}

function answerOf(answer: Answer | 'ended'): string {
  if (answer === 'ended') return 'ended';
  if (answer.ok) return 'passes';
  return answer.message.startsWith('This is not possible right now') ? 'refuses' : `other: ${answer.message}`;
}

const SERVICE_NAMES: Record<Service, string> = {
  DYNAMODB: 'DynamoDB',
  SESV2: 'SES',
  SECRETS_MANAGER: 'Secrets Manager',
  COGNITO_IDENTITY_PROVIDER: 'Cognito',
};
