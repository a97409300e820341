import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const manifest: { imports: Record<string, string> } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8')
)

const ALIASES = Object.entries(manifest.imports).map(([alias, place]): [string, string] => [
  alias.replace('*', ''),
  place.replace(/^\.\//, '').replace('*.js', ''),
])

/** One import of a file: static, dynamic, re-exported or as a type. */
export interface SourceImport {
  specifier: string
  /** A path in this repository (`app/oauth/types.ts`), `node:…`, or the package's specifier. */
  target: string
  typeOnly: boolean
  dynamic: boolean
  line: number
}

export interface Source {
  path: string
  tree: ts.SourceFile
  imports: SourceImport[]
}

/** The text of a file of this repository. */
export const readText = (path: string) => readFileSync(join(ROOT, path), 'utf8')

/** Parses a file and finds its imports. */
export function parseSource(path: string, text: string): Source {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const imports: SourceImport[] = []
  visit(tree, (node) => {
    const found = importIn(node)
    if (!found) return
    const target = resolve(path, found.specifier)
    imports.push({ ...found, target, line: lineOf(tree, node) })
  })
  return { path, tree, imports }
}

/** Every TypeScript file below these folders, parsed. */
export function parseFolders(folders: readonly string[]): Source[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
        (name) => `${folder}/${name}`
      )
    )
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .map((path) => parseSource(path, readText(path)))
}

/** Calls `see` for each node of a tree, outer ones first. */
export function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node)
  ts.forEachChild(node, (child) => visit(child, see))
}

/** The line on which a node begins, counted from one. */
export function lineOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1
}

type Found = Pick<SourceImport, 'specifier' | 'typeOnly' | 'dynamic'>

function importIn(node: ts.Node): Found | null {
  if (ts.isImportDeclaration(node)) return imported(node.moduleSpecifier, isTypeImport(node.importClause))
  if (ts.isExportDeclaration(node) && node.moduleSpecifier)
    return imported(node.moduleSpecifier, node.isTypeOnly)
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return imported(node.argument.literal, true)
  if (ts.isExternalModuleReference(node)) return imported(node.expression, false)
  if (!ts.isCallExpression(node)) return null
  const loads =
    node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require'
  return loads ? imported(node.arguments[0], false, true) : null
}

// A computed specifier names no module, so no rule can judge it.
function imported(specifier: ts.Node | undefined, typeOnly: boolean, dynamic = false): Found | null {
  if (!specifier || !ts.isStringLiteralLike(specifier)) return null
  return { specifier: specifier.text, typeOnly, dynamic }
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const named = clause.namedBindings
  if (clause.name || !named || !ts.isNamedImports(named)) return false
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly)
}

function resolve(path: string, specifier: string): string {
  const alias = ALIASES.find(([prefix]) => specifier.startsWith(prefix))
  if (alias) return `${alias[1]}${specifier.slice(alias[0].length)}.ts`
  if (specifier.startsWith('.')) {
    return posix.join(posix.dirname(path), specifier).replace(/(\.[jt]s)?$/, '.ts')
  }
  return isBuiltin(specifier) ? `node:${specifier.replace(/^node:/, '')}` : specifier
}
