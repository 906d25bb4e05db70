// Checks of our own on what stands in the files: sizes, names, words, and rules no linter knows.
import { readFileSync } from 'node:fs'
import { projectFiles, root } from './files.ts'
import { type Finding, perFile, project, type Source } from './source-rules.ts'

const binary = /\.(png|jpe?g|webp|woff2?|ico|gz)$/

const sources: Source[] = projectFiles()
  .filter((file) => !binary.test(file) && file !== 'package-lock.json')
  .map((file) => ({
    file,
    lines: readFileSync(root + file, 'utf8')
      .replace(/\n$/, '')
      .split('\n'),
  }))

const findings: Finding[] = [
  ...perFile.flatMap((rule) => sources.flatMap((source) => rule(source))),
  ...project.flatMap((rule) => rule(sources)),
]
for (const { file, line, problem } of findings) console.error(`${file}${line ? `:${line}` : ''}: ${problem}`)
console.log(`${sources.length} files, ${findings.length} findings`)
process.exitCode = findings.length === 0 ? 0 : 1
