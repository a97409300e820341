import { posix } from 'node:path'

/** What a part of a guide says beside its words, which is the same in every language. */
export interface GuideSection {
  title: string
  level: number
  /** What readers copy. */
  blocks: string[]
  /** Each word of code that its text names, once, in order of the alphabet. */
  code: string[]
  /** Pages as the English guides name them, `#2` for the third heading of a page; in order of the alphabet. */
  links: string[]
  items: number
  /** Cells of each row of its tables. */
  rows: number[]
  numbers: Set<string>
}

const FENCE = /^```[^]*?^```$/gm
const LANGUAGE_LINE = /^\[(?:English|Français)\]\(.+\) · \[.+\]\(.+\)$/m

/**
 * The parts of a guide, each from its heading to the next. `textOf` reads other pages of the repository, for links to their
 * headings. The line that leads to the other languages is no part of any.
 */
export function readGuide(path: string, textOf: (path: string) => string): GuideSection[] {
  const blocks: string[] = []
  const text = bodyOf(textOf(path)).replace(FENCE, (block) => `\0${blocks.push(block) - 1}\0`)
  return text
    .split(/^(?=#+ )/m)
    .filter((part) => part.startsWith('#'))
    .map((part) => {
      const [, marks, title] = /^(#+) (.+)/.exec(part)!
      const prose = proseOf(part)
      return {
        title,
        level: marks.length,
        blocks: [...part.matchAll(/\0(\d+)\0/g)].map(([, index]) => blocks[Number(index)]),
        code: [...new Set([...part.matchAll(/`([^`]+)`/g)].map(([, code]) => code))].sort(),
        links: [...part.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => targetOf(link, path, textOf)).sort(),
        items: part.match(/^(?:-|\d+\.) /gm)?.length ?? 0,
        rows: part.match(/^\|.+\|$/gm)?.map((row) => row.split('|').length - 2) ?? [],
        numbers: new Set(prose.replaceAll(/(?<=\d)[,\u202f](?=\d{3}\b)/g, '').match(/\d+(?:[.:]\d+)*/g)),
      }
    })
}

/** A guide without the line that leads to its other languages. */
export const bodyOf = (text: string) => text.replace(LANGUAGE_LINE, '')

/** Where sentences are not set as French or Japanese is; code and targets of links are left out. */
export function misprintsOf(language: string, text: string): string[] {
  const prose = proseOf(text.replaceAll(FENCE, ''))
  const found = MISPRINTS[language].flatMap((rule) => [...prose.matchAll(rule)].map(([part]) => part))
  const open = [...text.matchAll(/\*\*([^*\n]+)\*\*(?=\p{L})/gu)].map(([, emphasis]) => emphasis)
  return [...found, ...open.filter((emphasis) => /[。、）」`]$/.test(emphasis))]
}

const JAPANESE = '[\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Han}。、（）「」：]'

// In Japanese, Markdown closes no emphasis between a mark and a letter, so that its stars would be read.
const MISPRINTS: Readonly<Record<string, readonly RegExp[]>> = {
  fr: [/[^\u202f][:;!?»](?=[\s*)]|$)/gmu, /«[^\u202f]/gu, /\S*'\S*/g],
  ja: [
    new RegExp(`${JAPANESE} +[\\w(]|[\\w)] +${JAPANESE}`, 'gu'),
    new RegExp(`${JAPANESE}[,.;:!?()]|[,;:!?()]${JAPANESE}`, 'gu'),
  ],
}

/** What people read as sentences: with a letter for each word of code, and without the targets of links. */
function proseOf(text: string): string {
  return text
    .replaceAll(/\0\d+\0/g, '')
    .replaceAll(/`[^`]+`/g, 'x')
    .replaceAll(/\]\([^)]+\)/g, ']')
}

/** Where a link of a page leads, as the English page would say it. */
function targetOf(link: string, page: string, textOf: (path: string) => string): string {
  if (/^https?:/.test(link)) return link
  const [file, anchor] = link.split('#')
  const target = file === '' ? page : posix.join(posix.dirname(page), file)
  const place = anchor === undefined ? '' : `#${headingsOf(textOf(target)).indexOf(anchor)}`
  return `${target.replace(new RegExp(`^docs/${languageOf(page)}/`), 'docs/')}${place}`
}

/** `fr` for `docs/fr/deploy.md`; a page without a language of its own stays where it is. */
const languageOf = (page: string) => /^docs\/(fr|ja)\//.exec(page)?.[1] ?? '-'

/** The anchors of all headings, as GitHub makes them. */
function headingsOf(text: string): string[] {
  return [...text.replaceAll(FENCE, '').matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
  )
}
