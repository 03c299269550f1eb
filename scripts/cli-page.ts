/** The command's definition as a page: what `--help` says, in Markdown. */

import type { Command } from 'commander';

const INTRODUCTION = `# The command

\`npx gatehouse\` works after \`npm ci\`. Results are on stdout, everything else on stderr. Colour only on a terminal, and
never with \`NO_COLOR\`. What writes to AWS is a dry run until \`--yes\`. This page is what \`gatehouse COMMAND --help\` says,
made from the same source by \`npm run cli-docs\`.

| exit code | meaning |
|---|---|
| 0 | all well; for \`explain\`: allowed |
| 1 | findings; for \`explain\`: denied |
| 2 | the words of the command are off |
| 3 | something given is not valid, or the work failed |
`;

export function cliPage(program: Command): string {
  const commands = leaves(program).map((command) => `${section(command)}\n`);
  return `${INTRODUCTION}\n${commands.join('\n')}`;
}

/** The commands that do something: a group of them is only a word. */
function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
}

/** The example command lines of a command's help. */
export function examplesOf(command: Command): string[] {
  return leaves(command).flatMap((leaf) =>
    split(teaching(leaf))
      .examples.split('\n')
      .filter((line) => line.startsWith('gatehouse ')),
  );
}

function section(command: Command): string {
  const help = command.createHelp();
  const terms = [
    ...help.visibleArguments(command).map((each) => [`<${each.name()}>`, help.argumentDescription(each)]),
    ...help.visibleOptions(command).map((each) => [each.flags, help.optionDescription(each)]),
  ].filter(([term]) => term !== '-h, --help');
  const { text, examples } = split(teaching(command));
  return [
    `## ${nameOf(command)}`,
    command.description(),
    `\`${help.commandUsage(command)}\``,
    [
      '| | |',
      '|---|---|',
      ...terms.map(([term = '', meaning = '']) => `| \`${term}\` | ${cell(meaning)} |`),
    ].join('\n'),
    text,
    examples && `\`\`\`sh\n${examples}\n\`\`\``,
  ]
    .filter(Boolean)
    .join('\n\n');
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}

/** What `--help` says behind the options. */
function teaching(command: Command): string {
  let all = '';
  const { writeOut = () => undefined } = command.configureOutput();
  command.configureOutput({ writeOut: (text) => (all += text) });
  command.outputHelp();
  command.configureOutput({ writeOut });
  return all.slice(command.helpInformation().length).trim();
}

function split(help: string): { text: string; examples: string } {
  const [text = '', examples = ''] = help.split(/^Examples:$/m);
  return { text: text.trim(), examples: examples.replace(/^ {2}/gm, '').trim() };
}

function cell(text: string): string {
  return text.replace(' (default: [])', '').replaceAll('|', '\\|').replaceAll('\n', ' ');
}
