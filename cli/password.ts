import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { Command } from 'commander'
import { surroundings } from './environment.ts'
import { UsageError } from './failure.ts'
import type { SignIn } from './session-client.ts'

export interface PasswordOptions {
  password?: string
  passwordStdin?: boolean
}

/** Adds the ways in which a command takes a password. */
export function passwordOptions(command: Command): Command {
  return command
    .option('--password <password>', 'password; other users of this machine can see it in the process list')
    .option('--password-stdin', 'read the password from standard input')
}

export interface SignInOptions extends PasswordOptions {
  user: string
  code?: string
}

/** Adds the options of a command that signs in as a person. */
export function signInOptions(command: Command): Command {
  return passwordOptions(command.requiredOption('--user <username>', 'your username')).option(
    '--code <code>',
    'one-time code, if 2FA is on',
  )
}

/** What to sign in with: the password is asked for where it was not given. */
export async function signInFrom(options: SignInOptions): Promise<SignIn> {
  const password = (await passwordFrom(options)) ?? (await askPassword('Password: '))
  if (password === undefined) throw new UsageError('Give your password with --password-stdin.')
  return { username: options.user, password, code: options.code }
}

/** The password that was given: by flag, on standard input, or in GUILDHALL_PASSWORD. */
export async function passwordFrom(options: PasswordOptions): Promise<string | undefined> {
  if (options.password !== undefined && options.passwordStdin) {
    throw new UsageError('Give either --password or --password-stdin.')
  }
  if (options.password !== undefined) return options.password
  return options.passwordStdin ? fromInput() : surroundings.password
}

/** Asks for a password in the terminal without showing it; undefined where there is no terminal. */
export async function askPassword(prompt: string): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined
  process.stderr.write(prompt)
  const silent = new Writable({ write: (_part, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true })
  // Ctrl-C must end the command as it does elsewhere
  terminal.once('SIGINT', () => process.exit(130))
  const password = await terminal.question('')
  terminal.close()
  process.stderr.write('\n')
  return password
}

async function fromInput(): Promise<string> {
  let content = ''
  for await (const part of process.stdin.setEncoding('utf8')) content += part
  const password = content.replace(/\r?\n$/, '')
  if (password === '') throw new UsageError('--password-stdin: Standard input is empty.')
  return password
}
