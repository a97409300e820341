import ts from 'typescript'
import { lineOf, visit, type Source, type SourceImport } from '#tests/helpers/source_tree'

/** Names what breaks it: one line for each offence, with file and line. */
export type HouseRule = (sources: readonly Source[]) => string[]

const within = (path: string, ...folders: string[]) => folders.some((folder) => path.startsWith(`${folder}/`))

/** Tells of each import of the files for which `refuses` is true. */
function importRule(refuses: (path: string, one: SourceImport) => boolean): HouseRule {
  return (sources) =>
    sources.flatMap(({ path, imports }) =>
      imports.filter((one) => refuses(path, one)).map((one) => `${path}:${one.line} imports ${one.specifier}`)
    )
}

/** Tells of each node for which `judge` has words. */
function nodeRule(judge: (node: ts.Node, path: string) => string | null | undefined): HouseRule {
  return (sources) =>
    sources.flatMap(({ path, tree }) => {
      const offences: string[] = []
      visit(tree, (node) => {
        const words = judge(node, path)
        if (words) offences.push(`${path}:${lineOf(tree, node)} ${words}`)
      })
      return offences
    })
}

const PROTOCOL_PACKAGES = /^(oauth4webapi|undici|ajv)(\/|$)/

export const protocolStandsAlone = importRule(
  (path, { target }) =>
    within(path, 'app/oauth') &&
    !within(target, 'app/oauth') &&
    !target.startsWith('node:') &&
    !PROTOCOL_PACKAGES.test(target)
)

const DRIVERS: Readonly<Record<string, string>> = {
  'app/store/sqlite_driver.ts': 'better-sqlite3',
  'app/store/postgres_driver.ts': 'pg',
}

export const decisionsKnowProtocolAndVault = importRule(
  (path, { target }) =>
    within(path, 'app/token_refresh') &&
    !within(target, 'app/token_refresh', 'app/store', 'app/oauth', 'app/vault') &&
    !target.startsWith('node:')
)

export const storeKnowsItsDriversOnly = importRule(
  (path, { target, typeOnly }) =>
    within(path, 'app/store') &&
    !within(target, 'app/store') &&
    !target.startsWith('node:') &&
    !(typeOnly && target === 'app/oauth/types.ts') &&
    DRIVERS[path] !== target
)

// The check of the keys reads one table; the database is handed to it, so the type is all that it needs.
export const vaultKnowsSecretsOnly = importRule(
  (path, { target, typeOnly }) =>
    within(path, 'app/vault') &&
    !within(target, 'app/vault') &&
    target !== 'app/oauth/secret.ts' &&
    !target.startsWith('node:') &&
    !(typeOnly && target.startsWith('@adonisjs/lucid/types/'))
)

export const modelsKnowTheirDatabaseOnly = importRule(
  (path, { target, typeOnly }) =>
    within(path, 'app/models') &&
    !within(target, 'app/models', '@adonisjs') &&
    !(typeOnly && within(target, 'app/oauth')) &&
    target !== 'luxon' &&
    !target.startsWith('node:')
)

export const applicationKnowsNoEntryPoint = importRule(
  (path, { target }) => within(path, 'app') && within(target, 'commands', 'start', 'bin', 'simulator')
)

const DATABASE_PACKAGES = ['@adonisjs/lucid/services/db', 'knex', 'pg', 'better-sqlite3']

// The words of an outcome (`types`) are for everybody; they hold neither state nor SQL.
export const doorsOpenServices = importRule(
  (path, { target }) =>
    within(path, 'app/controllers', 'commands') &&
    ((within(target, 'app/token_refresh') && target !== 'app/token_refresh/types.ts') ||
      DATABASE_PACKAGES.includes(target))
)

export const servicesKnowNoDoor = importRule(
  (path, { target }) =>
    within(path, 'app/services') && within(target, 'app/controllers', 'app/middleware', 'commands')
)

// The scheduler ticks both; apart from it the two meet in a table.
export const notificationsAndRefreshStayApart = importRule((path, { target }) => {
  const refreshes =
    within(path, 'app/token_refresh', 'app/services') && !within(path, 'app/services/scheduler')
  if (refreshes) return within(target, 'app/notifications')
  return within(path, 'app/notifications') && within(target, 'app/token_refresh', 'app/services')
})

const ORDINARY_WORDS = ['x', 'meta', 'mcp']

/** Provider ids as literals, for these ids. Factories are test material. */
export const noProviderIsNamed = (ids: readonly string[]): HouseRule =>
  nodeRule((node, path) => {
    if (within(path, 'app/oauth/providers', 'config', 'database/factories')) return null
    if (!ts.isStringLiteralLike(node) || !ids.includes(node.text)) return null
    // These are ordinary words too: icons, tags, kinds. As ids they are compared or looked up.
    if (ORDINARY_WORDS.includes(node.text) && !isComparedOrLookedUp(node)) return null
    return isConfigurationKey(node) ? null : `names the provider '${node.text}'`
  })

function isComparedOrLookedUp(node: ts.Node): boolean {
  const { parent } = node
  if (ts.isCaseClause(parent) || ts.isElementAccessExpression(parent)) return true
  if (ts.isBinaryExpression(parent)) return /^[=!]==?$/.test(parent.operatorToken.getText())
  return ts.isCallExpression(parent) && /\b(get|find|has|includes)$/.test(parent.expression.getText())
}

// `config.get('sandbox')` names the file config/sandbox.ts.
function isConfigurationKey({ parent }: ts.Node): boolean {
  return ts.isCallExpression(parent) && /\bconfig\.get$/.test(parent.expression.getText())
}

const ENVIRONMENT_READERS = ['start/env.ts', 'start/env_rules.ts']

const isEnvironment = (node: ts.Node) =>
  (ts.isPropertyAccessExpression(node) && /^process\.env$/.test(node.getText())) ||
  (ts.isElementAccessExpression(node) && /^process\[.env.\]$/.test(node.getText()))

export const environmentIsConfiguration: HouseRule = (sources) => {
  const outside = sources.filter(({ path }) => !within(path, 'config') && !ENVIRONMENT_READERS.includes(path))
  return [...readsEnvironment(outside), ...importsEnvironment(outside)]
}

const readsEnvironment = nodeRule((node, path) => {
  if (!isEnvironment(node)) return null
  // The test process gives itself an environment before anything reads one.
  return path === 'bin/test.ts' && isAssignedTo(node) ? null : 'reads process.env'
})

function isAssignedTo({ parent }: ts.Node): boolean {
  const assignment = parent.parent
  return ts.isBinaryExpression(assignment) && assignment.left === parent
}

// The entry points load it for its effect: a wrong variable stops the start.
const importsEnvironment = importRule(
  (path, { target, dynamic }) =>
    (target === 'start/env.ts' && !(within(path, 'bin') && dynamic)) || target === 'node:process'
)

export const clockAndRandomArePassedIn = nodeRule((node, path) => {
  if (!within(path, 'app/oauth', 'app/token_refresh')) return null
  const text = node.getText()
  if (ts.isPropertyAccessExpression(node)) {
    const own = /^(Date\.now|Math\.random|performance\.now|process\.(hrtime|uptime))$/
    return own.test(text) ? `uses ${text}` : null
  }
  const date = ts.isNewExpression(node) || ts.isCallExpression(node) ? node : null
  return date?.expression.getText() === 'Date' && !date.arguments?.length ? `uses ${text}` : null
})

const LONGEST_FILE = 220
const LONGEST_FUNCTION = 45

const isOurs = (path: string) => within(path, 'app', 'commands', 'start')

export const filesAreShort: HouseRule = (sources) =>
  sources
    .filter(({ path }) => isOurs(path))
    .map(({ path, tree }) => ({ path, lines: tree.text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > LONGEST_FILE)
    .map(({ path, lines }) => `${path} has ${lines} lines, more than ${LONGEST_FILE}`)

export const functionsAreShort = nodeRule((node, path) => {
  if (!isOurs(path) || !ts.isFunctionLike(node) || !('body' in node) || !node.body) return null
  const lines = node.getText().split('\n').length
  const { name = node.parent } = node
  return lines > LONGEST_FUNCTION
    ? `${name.getText().split(/\W/)[0] || 'a function'} has ${lines} lines, more than ${LONGEST_FUNCTION}`
    : null
})

/** Folders of `app/` that import each other in a ring. */
export const foldersFormNoRing: HouseRule = (sources) => {
  const reasons = new Map<string, string>()
  for (const { path, imports } of sources.filter((source) => within(source.path, 'app'))) {
    for (const { target, typeOnly, line, specifier } of imports) {
      const [from, to] = [folderOf(path), folderOf(target)]
      // Types are gone when the program runs: they make no module wait for another.
      if (typeOnly || !within(target, 'app') || from === to || reasons.has(`${from}>${to}`)) continue
      reasons.set(`${from}>${to}`, `${path}:${line} imports ${specifier}`)
    }
  }
  const edges = [...reasons.keys()].map((key) => key.split('>'))
  const reach = (from: string, to: string, seen = new Set<string>()): boolean =>
    edges.some(([start, end]) => {
      if (start !== from || seen.has(end)) return false
      return end === to || reach(end, to, seen.add(end))
    })
  return edges
    .filter(([from, to]) => reach(to, from))
    .map(([from, to]) => `${from} and ${to} import each other: ${reasons.get(`${from}>${to}`)}`)
}

const folderOf = (path: string) => path.split('/')[1]
