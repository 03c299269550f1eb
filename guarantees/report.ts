/** The figures as a table for a terminal, and as the page docs/guarantees.md. */

import type { Figure } from './figure.ts';

export interface Chapter {
  title: string;
  /** How it was measured. */
  method: string;
  figures: readonly Figure[];
}

const INTRODUCTION = `# Guarantees

Measured by \`npm run guarantees\`, which writes this page, and exits with 1 if a goal is missed. The bundles are those of
\`npm run build\`, each in a process of its own; they reach a local DynamoDB, SES, Secrets Manager, SSM, user pool and
issuer over real sockets. Nothing here ran on AWS: times are of the machine below.`;

export function table(chapters: readonly Chapter[]): string {
  return chapters.map(({ title, figures }) => [`\n${title}`, ...figures.map(line)].join('\n')).join('\n');
}

function line({ what, measured, goal, met }: Figure): string {
  return `${met ? '  ok    ' : '  MISSED'} ${what}: ${measured} (goal: ${goal})`;
}

export function page(chapters: readonly Chapter[], ranOn: string): string {
  const sections = chapters.map(({ title, method, figures }) => {
    const rows = figures.map(
      ({ what, measured, goal, met }) => `| ${what} | ${measured} | ${goal}${met ? '' : ' **missed**'} |`,
    );
    return `## ${title}\n\n${method}\n\n| | measured | goal |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `${INTRODUCTION}\n\n${ranOn}\n\n${sections.join('\n')}`;
}
