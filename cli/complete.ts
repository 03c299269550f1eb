/** What may come next on a command line; the shells ask by `gatehouse __complete WORD...`. */

import type { Command, Option } from 'commander';

/** `words`: all behind `gatehouse`, the last as far as it has been typed. Empty where only the person knows. */
export function complete(program: Command, words: readonly string[]): string[] {
  const typed = words.at(-1) ?? '';
  let command = program;
  let awaited: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (awaited) awaited = undefined;
    else if (word.startsWith('-'))
      awaited = command.options.find(({ short, long, required }) => required && [short, long].includes(word));
    else command = visible(command).find((each) => each.name() === word) ?? command;
  }
  return candidates(command, awaited, typed).filter((each) => each.startsWith(typed));
}

function candidates(command: Command, awaited: Option | undefined, typed: string): readonly string[] {
  if (awaited) return awaited.argChoices ?? [];
  if (typed.startsWith('-')) return [...command.options.flatMap(({ long }) => long ?? []), '--help'];
  const values = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  return [...visible(command).map((each) => each.name()), ...values];
}

/** Its subcommands, `help` among them where it has any. */
function visible(command: Command): readonly Command[] {
  return command.createHelp().visibleCommands(command);
}
