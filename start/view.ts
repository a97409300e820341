/**
 * What templates can use beside what belongs to the reader (`locale_middleware`): icons, health words, the theme.
 */
import app from '@adonisjs/core/services/app'
import edge from 'edge.js'
import { edgeIconify } from 'edge-iconify'
import { shellChoice } from '#controllers/shell_choice_controller'
import { themeOf } from '#controllers/theme_controller'
import { HEALTH, HEALTH_WORDS } from '#services/connection_health'
import { iconsOnDemand } from '#services/icon_set'
import { clientWords } from '#transformers/client_words'
import { schedulerPulse } from '#services/scheduler/scheduler_pulse'

edge.use(edgeIconify, { scale: 1.25 })
edge.use(iconsOnDemand)
edge.global('themeOf', themeOf)
edge.global('shellChoice', shellChoice)
edge.global('clientWords', clientWords)
edge.global('schedulerPulse', schedulerPulse)
edge.global('healthWords', HEALTH)
edge.global('healthOrder', HEALTH_WORDS)
edge.global('iso', (at: number) => new Date(at).toISOString())

// Edge compiles a template, and looks for components in all folders, for each page anew; compiling takes most of the time of
// a page. In production, and in a run of the tests, none changes, comes or goes while the process runs.
if (app.inProduction || app.inTest) {
  edge.configure({ cache: true })
  const { loader } = edge
  const list = loader.listComponents.bind(loader)
  let found: ReturnType<typeof list> | undefined
  loader.listComponents = () => (found ??= list())
}
