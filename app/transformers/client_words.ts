import type { Translate } from '#transformers/translate'

/** The texts that scripts of the shell show, in the reader's language. Names in braces are filled in by the browser. */
export function clientWords(t: Translate) {
  const theme = (name: string, next: string) => ({
    title: t(`shell.theme.is_${name}`),
    label: t('shell.theme.switch', { is: t(`shell.theme.is_${name}`), next: t(`shell.theme.${next}`) }),
  })
  return {
    copied: t('shell.copy.done'),
    live: {
      live: t('shell.live.live'),
      paused: t('shell.live.paused'),
      offline: t('shell.live.offline', { time: '{time}' }),
    },
    heartbeat: {
      never: t('shell.heartbeat.never'),
      last: t('shell.heartbeat.last', { span: '{span}' }),
    },
    theme: {
      system: theme('system', 'light'),
      light: theme('light', 'dark'),
      dark: theme('dark', 'system'),
    },
  }
}
