import app from '@adonisjs/core/services/app'
import { defineConfig, formatters, loaders } from '@adonisjs/i18n'

/** The languages of the application; a text that one of them lacks is a failing test, so nobody meets the fallback. */
export default defineConfig({
  defaultLocale: 'en',
  supportedLocales: ['en', 'fr', 'ja'],
  formatter: formatters.icu(),
  loaders: [loaders.fs({ location: app.languageFilesPath() })],
})
