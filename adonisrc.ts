import { defineConfig } from '@adonisjs/core/app'

/** Where requests are answered. A command that needs the routes loads them itself. */
const PAGES: ('web' | 'test' | 'repl')[] = ['web', 'test', 'repl']

export default defineConfig({
  commands: [
    () => import('@adonisjs/core/commands'),
    () => import('@adonisjs/lucid/commands'),
    () => import('@adonisjs/session/commands'),
  ],

  providers: [
    () => import('@adonisjs/core/providers/app_provider'),
    () => import('@adonisjs/core/providers/hash_provider'),
    {
      file: () => import('@adonisjs/core/providers/repl_provider'),
      environment: ['repl', 'test'],
    },
    () => import('@adonisjs/core/providers/vinejs_provider'),
    () => import('@adonisjs/core/providers/edge_provider'),
    () => import('@adonisjs/session/session_provider'),
    () => import('#providers/assets_provider'),
    () => import('@adonisjs/shield/shield_provider'),
    () => import('@adonisjs/static/static_provider'),
    () => import('@adonisjs/lucid/database_provider'),
    () => import('@adonisjs/auth/auth_provider'),
    () => import('@adonisjs/limiter/limiter_provider'),
    {
      file: () => import('adonisjs-scheduler/scheduler_provider'),
      environment: ['console', 'web'],
    },
    () => import('@adonisjs/redis/redis_provider'),
    () => import('@adonisjs/i18n/i18n_provider'),
    () => import('@adonisjs/mail/mail_provider'),
    () => import('#providers/engine_provider'),
    () => import('#providers/tokens_provider'),
    () => import('#providers/notifications_provider'),
    () => import('#providers/api_keys_provider'),
    () => import('#providers/observability_provider'),
    () => import('#providers/audit_provider'),
    () => import('#providers/connect_links_provider'),
    () => import('#providers/people_provider'),
    {
      file: () => import('#providers/sandbox_provider'),
      environment: ['web'],
    },
  ],

  preloads: [
    {
      file: () => import('#start/routes'),
      environment: PAGES,
    },
    {
      file: () => import('#start/kernel'),
      environment: PAGES,
    },
    {
      file: () => import('#start/view'),
      environment: PAGES,
    },
    () => import('#start/tracing'),
    {
      file: () => import('#start/access_log'),
      environment: ['web'],
    },
    {
      file: () => import('#start/scheduler'),
      environment: ['web'],
    },
    {
      file: () => import('#start/welcome'),
      environment: ['web'],
    },
  ],

  tests: {
    suites: [
      { name: 'unit', files: ['tests/unit/**/*.spec.ts', 'tests/architecture.spec.ts'], timeout: 10_000 },
      { name: 'functional', files: ['tests/functional/**/*.spec.ts'], timeout: 60_000 },
      { name: 'browser', files: ['tests/browser/**/*.spec.ts'], timeout: 180_000 },
      { name: 'faults', files: ['tests/faults/**/*.spec.ts'], timeout: 600_000 },
    ],
    forceExit: false,
  },

  metaFiles: [
    { pattern: 'resources/views/**/*.edge', reloadServer: false },
    { pattern: 'resources/providers.schema.json', reloadServer: false },
    { pattern: 'resources/lang/**/*.json', reloadServer: false },
    { pattern: 'public/**', reloadServer: false },
  ],

  hooks: {
    buildStarting: [() => import('@adonisjs/vite/build_hook')],
  },
})
