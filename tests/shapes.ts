import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import type { Site, Statement } from './statements.ts'

const root = fileURLToPath(new URL('../', import.meta.url))

// What pg makes of PostgreSQL's types, by their object id; of all others, which are read as text, a string.
const kinds: Record<number, string> = {
  16: 'boolean',
  17: 'Buffer',
  21: 'number',
  23: 'number',
  700: 'number',
  701: 'number',
  1082: 'Date',
  1114: 'Date',
  1184: 'Date',
  114: 'json',
  3802: 'json',
  1007: 'array',
  1009: 'array',
}

// Their statements have only the parts that are asked for, and their callers know which.
const inParts = new Set(['findFacts', 'findFactsOfMany'])

/** Tells how what the code believes of the answers to a statement differs from what PostgreSQL answered. */
export function openShapes(): (statement: Statement) => string[] | undefined {
  const config = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile)
  const { options, fileNames } = ts.parseJsonConfigFileContent(config.config, ts.sys, root)
  const program = ts.createProgram(
    fileNames.filter((name) => name.startsWith(`${root}server/`)),
    { ...options, noEmit: true, incremental: false },
  )
  const checker = program.getTypeChecker()
  return (statement) => {
    const row = rowType(program, checker, statement.site)
    return row && compare(checker, row, statement)
  }
}

function rowType(program: ts.Program, checker: ts.TypeChecker, { file, line, column }: Site): ts.Type | undefined {
  const source = program.getSourceFile(root + file)
  if (source === undefined) return undefined
  const asked = askedAt(source, source.getPositionOfLineAndCharacter(line - 1, column - 1))
  const answer = asked && checker.getAwaitedType(checker.getTypeAtLocation(asked))
  return answer && elementOf(checker, answer)
}

// V8 names the word `await` of what waits, and the name of the method of what is called.
function askedAt(source: ts.SourceFile, position: number): ts.Node | undefined {
  let found: ts.Node | undefined
  const visit = (node: ts.Node): void => {
    if (position < node.getStart(source) || position >= node.getEnd()) return
    if (ts.isAwaitExpression(node) && node.getStart(source) === position) found = node
    if (ts.isCallExpression(node) && nameStart(node, source) === position) found = node
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function nameStart({ expression }: ts.CallExpression, source: ts.SourceFile): number {
  return (ts.isPropertyAccessExpression(expression) ? expression.name : expression).getStart(source)
}

// Rows come in `rows`, as an array, or one by one.
function elementOf(checker: ts.TypeChecker, answer: ts.Type): ts.Type | undefined {
  const type = checker.getNonNullableType(answer)
  const rows = type.getProperty('rows')
  const list = rows === undefined ? type : checker.getTypeOfSymbol(rows)
  const element = checker.isTupleType(list) ? undefined : checker.isArrayType(list) ? first(checker, list) : list
  if (element === undefined || element.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any | ts.TypeFlags.Void))
    return undefined
  const isObject = element.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)
  return isObject && element.symbol?.name !== 'Map' ? element : undefined
}

function first(checker: ts.TypeChecker, list: ts.Type): ts.Type | undefined {
  return checker.getTypeArguments(list as ts.TypeReference)[0]
}

function compare(checker: ts.TypeChecker, row: ts.Type, { reply, site }: Statement): string[] {
  if (reply === undefined || reply.fields.length === 0) return []
  const isWhole = !inParts.has(site.name)
  const declared = new Map(row.getProperties().map((property) => [property.name, property]))
  const answered = new Set(reply.fields.map(({ name }) => name))
  const missing = [...declared.values()].filter(
    ({ name, flags }) => !answered.has(name) && !(flags & ts.SymbolFlags.Optional),
  )
  const found = isWhole ? missing.map(({ name }) => `${name} is not answered`) : []
  for (const { name, dataTypeID } of reply.fields) {
    const property = declared.get(name)
    const type = property && checker.getTypeOfSymbol(property)
    const wasNull = isWhole && reply.rows.some((given) => given[name] === null)
    const differs = type === undefined ? 'is not declared' : difference(checker, type, { dataTypeID, wasNull })
    if (differs !== undefined) found.push(`${name} ${differs}`)
  }
  return found
}

function difference(
  checker: ts.TypeChecker,
  type: ts.Type,
  { dataTypeID, wasNull }: { dataTypeID: number; wasNull: boolean },
): string | undefined {
  const kind = kinds[dataTypeID] ?? 'string'
  const parts = type.isUnion() ? type.types : [type]
  if (!parts.every((part) => fits(checker, part, kind))) return `is ${kind}, declared as ${checker.typeToString(type)}`
  const takesNull = parts.some(({ flags }) => flags & (ts.TypeFlags.Null | ts.TypeFlags.Any | ts.TypeFlags.Unknown))
  return wasNull && !takesNull ? 'was null' : undefined
}

function fits(checker: ts.TypeChecker, type: ts.Type, kind: string): boolean {
  const { flags } = type
  if (flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined | ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return true
  if (kind === 'string') return (flags & ts.TypeFlags.StringLike) !== 0
  if (kind === 'number') return (flags & ts.TypeFlags.NumberLike) !== 0
  if (kind === 'boolean') return (flags & ts.TypeFlags.BooleanLike) !== 0
  if (kind === 'array') return checker.isArrayType(type)
  if (kind === 'json') return true
  return type.symbol?.name === kind
}
