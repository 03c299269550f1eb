/** `gatehouse completion`: the lines that a shell's start-up file takes. */

import { Argument, type Command } from 'commander';
import { EXIT, type ExitCode } from '../failure.ts';

const BASH = `_gatehouse() {
  local IFS=$'\\n'
  COMPREPLY=($(gatehouse __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _gatehouse gatehouse`;

const ZSH = `#compdef gatehouse
_gatehouse() {
  local -a found=("\${(@f)$(gatehouse __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n $found[1] ]]; then compadd -- $found; else _files; fi
}
compdef _gatehouse gatehouse`;

const FISH = `complete -c gatehouse -a '(gatehouse __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'`;

const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH };

const HELP = `
Where there is nothing to suggest, the shell suggests files. It needs \`gatehouse\` on the path: npm link, or
npm install --global. Zsh looks into the folders of its fpath.

Examples:
  gatehouse completion bash >> ~/.bashrc
  gatehouse completion zsh > ~/.zfunc/_gatehouse
  gatehouse completion fish > ~/.config/fish/completions/gatehouse.fish`;

export function registerCompletion(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('completion')
    .summary('print what makes a shell complete this command')
    .description('Prints what makes a shell complete the command, its options and their values.')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(['bash', 'zsh', 'fish']))
    .option('--json', 'print {shell, script}')
    .addHelpText('after', HELP)
    .action((shell: keyof typeof SCRIPTS, { json }: { json?: true }) => {
      console.log(json ? JSON.stringify({ shell, script: SCRIPTS[shell] }, null, 2) : SCRIPTS[shell]);
      done(EXIT.ok);
    });
}
