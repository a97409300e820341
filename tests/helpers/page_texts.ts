import { readFile, readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import app from '@adonisjs/core/services/app'

/** A file of the application that pages are made of. */
export interface PageSource {
  path: string
  text: string
}

interface Token {
  type: string
  value?: string
  properties?: { jsArg: string }
  children?: Token[]
}

// The lexer by which Edge itself reads templates.
const lexer = createRequire(import.meta.resolve('edge.js')).resolve('edge-lexer')
const { Tokenizer } = (await import(lexer)) as {
  Tokenizer: new (text: string, tags: object, options: object) => { parse(): void; tokens: Token[] }
}

const BLOCKS = ['if', 'unless', 'each', 'slot', 'layout', 'component']
const claimTag = (name: string) => ({
  block: BLOCKS.includes(name.split('.')[0]),
  seekable: !['end', 'else'].includes(name),
})

/** Every template of pages; letters have their own catalogue test. */
export async function templates(): Promise<PageSource[]> {
  return sources(app.viewsPath(), (path) => path.endsWith('.edge') && !path.includes('/mails/'))
}

/** All files that may name a text of the catalogues. */
export async function textUsers(): Promise<PageSource[]> {
  const isCode = (path: string) => path.endsWith('.ts')
  const code = await Promise.all(
    ['app', 'start', 'commands'].map((folder) => sources(app.makePath(folder), isCode))
  )
  return [...(await templates()), ...code.flat()]
}

async function sources(folder: string, isWanted: (path: string) => boolean): Promise<PageSource[]> {
  const names = await readdir(folder, { recursive: true })
  const paths = names.map((name) => join(folder, name)).filter(isWanted)
  return Promise.all(
    paths.map(async (path) => ({
      path: relative(fileURLToPath(app.appRoot), path),
      text: await readFile(path, 'utf8'),
    }))
  )
}

/**
 * Words that stand in a template itself instead of in the catalogues: between tags, in attributes that people see or hear,
 * and in expressions, where a literal that begins with a capital letter or ends like a sentence is taken for words.
 */
export function bareWords({ text, path }: PageSource): string[] {
  const tokenizer = new Tokenizer(text, {}, { filename: path, claimTag })
  tokenizer.parse()
  const all = flat(tokenizer.tokens)
  const markup = all
    .map(({ type, value }) => (type === 'raw' ? value : type === 'newline' ? '\n' : ''))
    .join('')
  const heard = [...markup.matchAll(/\s(?:aria-label|title|placeholder|alt)="([^"]*)"/g)].map(
    ([, word]) => word
  )
  const between = markup.replace(/<!--[\s\S]*?-->|<[^>]*>/g, '\n').split('\n')
  const literals = all.flatMap(({ properties }) =>
    [...(properties?.jsArg ?? '').matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(([, literal]) => literal)
  )
  const spoken = literals.filter((one) => /^\p{Lu}\p{Ll}/u.test(one) || /\p{Ll}[.?!…]$/u.test(one))
  return [...between, ...heard]
    .filter((word) => /\p{L}{2,}/u.test(word))
    .concat(spoken)
    .map((word) => word.trim())
}

function flat(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token) => [token, ...flat(token.children ?? [])])
}
