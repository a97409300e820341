import { configProvider } from '@adonisjs/core'
import app from '@adonisjs/core/services/app'
import { defineConfig, loaders } from '@adonisjs/i18n'
import { RememberingFormatter } from '#services/remembering_formatter'

/** The languages of the application; a text that one of them lacks is a failing test, so nobody meets the fallback. */
export default defineConfig({
  defaultLocale: 'en',
  supportedLocales: ['en', 'fr', 'ja'],
  formatter: configProvider.create(async () => () => new RememberingFormatter()),
  loaders: [loaders.fs({ location: app.languageFilesPath() })],
})
