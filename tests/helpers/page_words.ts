import { IntlMessageFormat } from 'intl-messageformat'

interface Node {
  type: number
  value?: string
  options?: Record<string, { value: Node[] }>
  children?: Node[]
}

/** What the parser of ICU messages calls these pieces. */
const LITERAL = 0
const NUMBER = 2
const POUND = 7
const TAG = 8

/** Words that no other language of ours has, and no name: a text with one of them is English, in the catalogues or not. */
const ENGLISH =
  /(?<![\p{L}\p{N}_.:/@-])(?:the|of|and|with|your|is|are|for|this|that|to|by|from|has|was|were|will|cannot|in|no|yes|every|all|ago)(?![\p{L}\p{N}_.:/@-])/iu

/** What stands in these elements is data: codes, keys, what people and providers wrote. */
const DATA = /<(code|pre|kbd|samp|q|bdi)\b[^>]*>[\s\S]*?<\/\1>/g
const MARKED = /<(\w+)\b[^>]*\s(?:dir="auto"|lang="[^"]*"|translate="no")[^>]*>[^<]*<\/\1>/g

/** A way in which a message may read: its words, and patterns for what is filled in. */
type Reading = { text: string; pattern: string; isPlain: boolean }

/** Data that look like words of ours: places in the list of time zones, and the role of the process that runs tests. */
const NAMES = ['Port of Spain', 'Isle of Man', 'test']

/** The texts of the English catalogues that another language says otherwise. */
export class EnglishTexts {
  readonly #plain = new Set<string>()
  readonly #patterns: RegExp[] = []

  constructor(english: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>) {
    const theirs = new Set(
      Object.values(other)
        .flatMap(readings)
        .map(({ pattern }) => pattern)
    )
    for (const reading of Object.values(english).flatMap(readings)) {
      if (theirs.has(reading.pattern) || !saysEnough(reading)) continue
      if (reading.isPlain) this.#plain.add(reading.text.trim())
      else this.#patterns.push(new RegExp(`^${reading.pattern.trim()}$`, 's'))
    }
  }

  has(text: string): boolean {
    return this.#plain.has(text) || this.#patterns.some((pattern) => pattern.test(text))
  }
}

/** Shorter ones, such as "by {name}", fit texts of every language. */
function saysEnough({ text, isPlain, pattern }: Reading): boolean {
  const letters = (text.match(/\p{L}/gu) ?? []).length
  const isCount = pattern.includes(FIGURE)
  return letters >= 4 && (isPlain || isCount || text.trim().includes(' '))
}

/** Texts of a page, seen or heard, that are English. */
export function englishIn(html: string, texts: EnglishTexts): string[] {
  return wordsOf(html).filter((text) => !NAMES.includes(text) && (texts.has(text) || ENGLISH.test(text)))
}

function wordsOf(html: string): string[] {
  const spoken = html
    .replace(/<!--[\s\S]*?-->|<(script|style|datalist)\b[\s\S]*?<\/\1>/g, '')
    .replace(DATA, '<x>')
    .replace(MARKED, '<x>')
  const heard = [...spoken.matchAll(/\s(?:aria-label|aria-description|title|placeholder|alt)="([^"]*)"/g)]
  const said = [...spoken.matchAll(/\sdata-words="([^"]*)"/g)].flatMap(([, json]) =>
    Object.values(JSON.parse(decoded(json)) as object).map(String)
  )
  return [...heard.map(([, text]) => text), ...said, ...spoken.split(/<[^>]*>/)]
    .map((text) => squeezed(decoded(text)).trim())
    .filter((text) => /\p{L}{2}/u.test(text))
}

const FIGURE = String.raw`[\d.,\s]+`
const ANYTHING = '.+'

/** Every way in which a message may read. */
function readings(message: string): Reading[] {
  return readingsOf(new IntlMessageFormat(message, 'en').getAst() as Node[])
}

function readingsOf(nodes: readonly Node[]): Reading[] {
  const none: Reading[] = [{ text: '', pattern: '', isPlain: true }]
  return nodes.reduce(
    (made, node) => made.flatMap((before) => piecesOf(node).map((piece) => join(before, piece))),
    none
  )
}

function piecesOf({ type, value, options, children }: Node): Reading[] {
  if (type === LITERAL) {
    const text = squeezed(value ?? '')
    return [{ text, pattern: RegExp.escape(text), isPlain: true }]
  }
  if (type === TAG) return readingsOf(children ?? [])
  if (options) return Object.values(options).flatMap((option) => readingsOf(option.value))
  const isFigure = type === NUMBER || type === POUND
  return [{ text: '', pattern: isFigure ? FIGURE : ANYTHING, isPlain: false }]
}

const join = (one: Reading, next: Reading): Reading => ({
  text: one.text + next.text,
  pattern: one.pattern + next.pattern,
  isPlain: one.isPlain && next.isPlain,
})

const squeezed = (text: string) => text.replaceAll(/[ \n\t\r]+/g, ' ')

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  nbsp: ' ',
  middot: '·',
}

const decoded = (text: string) =>
  text
    .replaceAll(/&#(x?)([0-9a-f]+);/gi, (_, hex: string, code: string) =>
      String.fromCodePoint(Number.parseInt(code, hex ? 16 : 10))
    )
    .replaceAll(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
