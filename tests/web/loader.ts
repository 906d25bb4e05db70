// Lets Node read the pages as they are: JSX is taken out, and a class of a CSS module is called by its own name.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.ESNext,
  jsx: ts.JsxEmit.ReactJSX,
  verbatimModuleSyntax: true,
  inlineSourceMap: true,
}
const classNames = 'export default new Proxy({}, { get: (_, name) => name })'

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    nextResolve(specifier, { ...context, conditions: conditionsOf(specifier) ?? context.conditions }),
  load: (url, context, nextLoad) => {
    if (url.endsWith('.tsx')) return { format: 'module', source: javascriptOf(fileURLToPath(url)), shortCircuit: true }
    if (url.endsWith('.css')) return { format: 'module', source: classNames, shortCircuit: true }
    return nextLoad(url, context)
  },
})
process.setSourceMapsEnabled(true)

function javascriptOf(fileName: string): string {
  return ts.transpileModule(readFileSync(fileName, 'utf8'), { fileName, compilerOptions }).outputText
}

function conditionsOf(specifier: string): string[] | undefined {
  // As thousands of modules the icons take seconds to read; as one file they do not
  if (specifier === '@tabler/icons-react') return ['node', 'require']
  // In Node these take themselves to be on a server
  return specifier.startsWith('@tanstack/') ? ['browser', 'import'] : undefined
}
