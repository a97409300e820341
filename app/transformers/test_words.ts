import type { Health } from '#services/connection_health'
import type { Verdict } from '#services/credential_test'
import type { KeptTest } from '#services/kept_tests'
import type { Translate } from '#transformers/translate'

const LOOKS: Readonly<Record<Verdict, readonly [key: string, health: Health, icon: string]>> = {
  works: ['works', 'healthy', 'circle-check'],
  accepted: ['works', 'healthy', 'circle-check'],
  refused: ['refused', 'reconnect', 'circle-x'],
  limited: ['limited', 'retrying', 'clock'],
  unreachable: ['unreachable', 'retrying', 'plug-x'],
  unclear: ['unclear', 'static', 'help'],
}

/** What the last test of the credentials found, in words and with the look of a health word. */
export function testWords(test: KeptTest | null, t: Translate) {
  const said = (key: string, health: Health, icon: string) => ({
    label: t(`providers.kept.${key}`),
    ...{ health, icon },
    at: test?.at ?? null,
    by: test?.by ?? null,
    // A made-up token is refused by a provider that works: its code would say the opposite.
    code: health === 'healthy' || !test?.verdict ? null : test.code,
  })
  if (!test) return said('never', 'static', 'circle-dashed')
  return test.verdict ? said(...LOOKS[test.verdict]) : said('changed', 'due', 'refresh-alert')
}
