import { choose } from './choices.js'
import { WORDS } from './words.js'

const NEXT = { system: 'light', light: 'dark', dark: 'system' }

/** Switches to the next theme and remembers it. */
export function cycleTheme() {
  const theme = NEXT[document.documentElement.dataset.theme] ?? 'light'
  choose('theme', theme)
  const { title, label } = WORDS.theme[theme]
  for (const button of document.querySelectorAll('[data-theme-button]')) {
    button.value = NEXT[theme]
    button.title = title
    button.setAttribute('aria-label', label)
  }
}

/** Alpine: the form around the theme button. */
export function themeToggle() {
  return { cycle: () => cycleTheme() }
}
