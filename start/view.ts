/**
 * What templates can use: icons, words for time, the theme.
 */
import edge from 'edge.js'
import { edgeIconify } from 'edge-iconify'
import '#services/icon_set'
import { themeOf } from '#controllers/theme_controller'
import { HEALTH, HEALTH_WORDS } from '#services/connection_health'
import { schedulerPulse } from '#transformers/scheduler_pulse'
import * as words from '#transformers/time_words'

edge.use(edgeIconify, { scale: 1.25 })
edge.global('words', words)
edge.global('themeOf', themeOf)
edge.global('schedulerPulse', schedulerPulse)
edge.global(
  'healthWords',
  HEALTH_WORDS.map((key) => ({ key, ...HEALTH[key] }))
)
edge.global('iso', (at: number) => new Date(at).toISOString())
