import type { Command } from 'commander'
import { makeProgram } from '../cli/program.ts'
import { page, table } from './markdown.ts'

/** The page of the reference with every command, by the word that each begins with. */
export function commandsPage(): string {
  const groups = Map.groupBy(makeProgram(false).commands.flatMap(leavesOf), ({ words }) => words[0] ?? '')
  const ofOne = [...groups].filter(([, leaves]) => leaves.length === 1).flatMap(([, leaves]) => leaves)
  const parts = [...groups]
    .filter(([, leaves]) => leaves.length > 1)
    .flatMap(([first, leaves]) => [`## ${first}`, tableOf(leaves)])
  return page('Commands', [
    '`--help` after a command shows its options and examples. See [Use the command line](../guides/command-line.md).',
    tableOf(ofOne),
    ...parts,
  ])
}

interface Leaf {
  words: string[]
  description: string
}

// A command that only holds others does nothing by itself.
function leavesOf(command: Command): Leaf[] {
  const own = { words: [command.name()], description: command.description() }
  if (command.commands.length === 0) return [own]
  return command.commands.flatMap(leavesOf).map((leaf) => ({ ...leaf, words: [...own.words, ...leaf.words] }))
}

function tableOf(leaves: readonly Leaf[]): string {
  return table(
    ['Command', 'What it does'],
    leaves.map(({ words, description }) => [`\`${words.join(' ')}\``, description]),
  )
}
