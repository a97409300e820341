/** Markup that may go into a page as it is; everything else is escaped. */
export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text
  }
}

type Part = Markup | string | number | null | false | readonly Part[]

/** A template whose values are escaped, unless they are themselves results of `html`; lists are joined, null is empty. */
export function html(strings: TemplateStringsArray, ...values: Part[]): Markup {
  return new Markup(strings.reduce((text, part, index) => text + render(values[index - 1]) + part))
}

function render(value: Part): string {
  if (value === null || value === false) return ''
  if (value instanceof Markup) return value.text
  if (Array.isArray(value)) return value.map(render).join('')
  return escape(String(value))
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character])
}
