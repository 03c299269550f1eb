/**
 * `npm run guarantees`: measures what the functions promise, prints it beside the goals, and writes docs/guarantees.md.
 * Exit code 1 if a goal is missed, 3 if it could not be measured.
 */

import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { costFigures } from './cost.ts';
import { failureFigures } from './failures.ts';
import type { Figure } from './figure.ts';
import { guessingFigures } from './guessing.ts';
import { onboardingFigures } from './onboarding.ts';
import { repairFigures } from './repair.ts';
import { type Chapter, page, table } from './report.ts';
import { signInFigures } from './sign-in.ts';
import { signUpFigures } from './sign-up.ts';
import { openStand, type Stand } from './stand.ts';
import { timingFigures } from './timing.ts';

const CHAPTERS: { title: string; method: string; measure: (stand: Stand) => Promise<Figure[]> }[] = [
  {
    title: 'What comes twice: a new account',
    method: `Cognito delivers an event again when an answer is late. Each comes three times at once, and three times more; then the
process is ended before and after each request that it makes, and the event comes again.`,
    measure: onboardingFigures,
  },
  {
    title: 'What comes twice: a sign-up',
    method: `The same for \`pre-sign-up\` with \`mode: invite\`: somebody from a provider, whose account is linked; and sign-ups. An
invitation is not used up ([why](adr/0010-invitations.md)).`,
    measure: signUpFigures,
  },
  {
    title: 'What comes twice: a token',
    method: `The same for \`pre-token-generation\`, where a user was mailed and got no groups when the account was confirmed.`,
    measure: repairFigures,
  },
  {
    title: 'What comes twice: a code',
    method: 'The same for the code of a sign-in: the event that mails it, and the one that judges it.',
    measure: signInFigures,
  },
  {
    title: 'Guessing codes',
    method: `Somebody who begins sessions and guesses at one account in every way that we could think of, a day each; a clock of its
own, and the core of the functions. Each guess that is compared is right with one chance in all codes.`,
    measure: guessingFigures,
  },
  {
    title: 'Who has an account',
    method: `Known and unknown names, in turns and at the same time, until a difference of 5 ms would be seen. The margin is that of
95 %, by resampling.`,
    measure: timingFigures,
  },
  {
    title: 'When a service fails',
    method: `Each call that a function makes, by its operation and the kind of item in the table (\`jwks.json\`: an issuer's keys). The
connection is closed, nothing comes back, the request is throttled, the role may not, the answer is nonsense: a cold process
each time, two at once. What passes and what is refused (by the authorizer with a 500) is stated where the function is
described. The last row is about all chapters up to here.`,
    measure: failureFigures,
  },
  {
    title: 'What a trigger costs',
    method: `S is the usual stack: middy, Powertools' logger, a DynamoDB client made at the top, one line and one write; bundled the same
way. Cold is a fresh process to its first answer, without a call, the median of 15. \`create-auth-challenge\` waits on purpose
([why](sign-in.md#what-an-outsider-can-learn)).`,
    measure: costFigures,
  },
];

const say = (text: string) => console.error(`… ${text}`);

async function main(): Promise<number> {
  say('building');
  const stand = await openStand();
  try {
    const chapters: Chapter[] = [];
    for (const { title, method, measure } of CHAPTERS) {
      say(title);
      chapters.push({ title, method, figures: await measure(stand) });
    }
    console.log(table(chapters));
    writeFileSync(join(import.meta.dirname, '..', 'docs', 'guarantees.md'), page(chapters, ranOn()));
    const figures = chapters.flatMap((chapter) => chapter.figures);
    const missed = figures.filter(({ met }) => !met).length;
    console.log(`\n${figures.length} figures, ${missed} missed`);
    return missed === 0 ? 0 : 1;
  } finally {
    await stand.close();
  }
}

function ranOn(): string {
  const [load = 0] = loadavg();
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim()}, load ${load.toFixed(1)}.`;
}

process.exit(
  await main().catch((error: unknown) => {
    console.error(error);
    return 3;
  }),
);
