// Codes about how a command is called, and how it ends.

export const COMMANDS = {
  'bench-child': 'A program that a benchmark runs cannot be started, fails, or is interrupted.',
  bug: 'Something is wrong in Jikji itself.',
  interrupted: 'The work, or the waiting for it, is stopped: by Ctrl-C, by a signal, or because the server ends.',
  'no-terminal': 'A passphrase is needed, and there is no terminal on which to ask for it.',
  usage: 'The command is called wrongly: an option, an argument or a variable is not valid.',
} as const;
