import { BUILT_IN_PROVIDERS } from '#oauth/providers/built_in'
import * as rules from '#tests/helpers/house_rules'

// Definitions that are built per installation or serve as bases stand in no list; "oauth2" is left out, since it is
// also the word for a kind of token and nobody connects to it.
const PROVIDER_IDS = [...new Set([...BUILT_IN_PROVIDERS.map(({ id }) => id), 'mcp', 'sandbox'])]

export interface Example {
  name: string
  rule: rules.HouseRule
  /** Files that break the rule, by path. */
  broken: Record<string, string>
  /** Files that look like it and do not. */
  kept: Record<string, string>
}

const long = (lines: number) => Array.from({ length: lines }, (_, line) => `  step(${line})`).join('\n')

/** The rules of the house, each with files that break it and files that only look like it. */
export const HOUSE: readonly Example[] = [
  {
    name: 'the protocol imports node, oauth4webapi, undici, ajv and itself',
    rule: rules.protocolStandsAlone,
    broken: {
      'app/oauth/a.ts': `import type { Claim } from '#token_refresh/types'`,
      'app/oauth/b.ts': `const app = await import('@adonisjs/core/services/app')`,
      'app/oauth/providers/c.ts': `export { x } from '../../vault/vault.js'`,
    },
    kept: {
      'app/oauth/d.ts': `import 'node:util'\nimport { at } from './own.js'\nimport 'ajv/dist/2020.js'`,
    },
  },
  {
    name: 'decisions import the protocol, the vault, the store and themselves',
    rule: rules.decisionsKnowProtocolAndVault,
    broken: {
      'app/token_refresh/a.ts': `import Connection from '#models/connection'`,
      'app/token_refresh/b.ts': `import type { Pool } from 'pg'`,
    },
    kept: { 'app/token_refresh/c.ts': `import '#store/driver'\nimport '#vault/vault'` },
  },
  {
    name: 'the store imports nothing of ours but types of the protocol; a database only in its driver',
    rule: rules.storeKnowsItsDriversOnly,
    broken: {
      'app/store/sqlite_driver.ts': `import pg from 'pg'`,
      'app/store/a.ts': `import '#vault/vault'`,
      'app/store/b.ts': `import type { Claim } from '#token_refresh/types'`,
    },
    kept: {
      'app/store/postgres_driver.ts': `import pg from 'pg'\nimport type { Clock } from '#oauth/types'`,
    },
  },
  {
    name: 'the vault imports secrets, node and the types of the database',
    rule: rules.vaultKnowsSecretsOnly,
    broken: {
      'app/vault/a.ts': `import db from '@adonisjs/lucid/services/db'`,
      'app/vault/b.ts': `import type { Provider } from '#oauth/types'`,
    },
    kept: { 'app/vault/c.ts': `import type { QueryClientContract } from '@adonisjs/lucid/types/database'` },
  },
  {
    name: 'models import models, the framework, luxon and types of the protocol',
    rule: rules.modelsKnowTheirDatabaseOnly,
    broken: {
      'app/models/a.ts': `import { health } from '#services/connection_health'`,
      'app/models/b.ts': `import { Secret } from '#oauth/secret'`,
    },
    kept: { 'app/models/c.ts': `import type { FailureClass } from '#oauth/types'\nimport 'luxon'` },
  },
  {
    name: 'nothing under app imports commands, start, bin or the simulator',
    rule: rules.applicationKnowsNoEntryPoint,
    broken: {
      'app/services/a.ts': `import { middleware } from '#start/kernel'`,
      'app/listeners/b.ts': `import List from '../../commands/connection_list.js'`,
      'app/oauth/d.ts': `import type { Dialect } from '#simulator/types'`,
    },
    kept: { 'app/services/c.ts': `import config from '#config/app'` },
  },
  {
    name: 'controllers and commands import services, neither the store nor SQL',
    rule: rules.doorsOpenServices,
    broken: {
      'app/controllers/a.ts': `import type { ConnectionStore } from '#token_refresh/connection_store'`,
      'commands/b.ts': `const { default: db } = await import('@adonisjs/lucid/services/db')`,
    },
    kept: { 'commands/c.ts': `import type { RefreshOutcome } from '#token_refresh/types'` },
  },
  {
    name: 'services import no controller, middleware or command',
    rule: rules.servicesKnowNoDoor,
    broken: { 'app/services/a.ts': `import { themeOf } from '#controllers/theme_controller'` },
    kept: { 'app/services/b.ts': `import { StartFailure } from '#exceptions/start_failure'` },
  },
  {
    name: 'notifications and the refresh path never import each other',
    rule: rules.notificationsAndRefreshStayApart,
    broken: {
      'app/notifications/a.ts': `import engine from '#services/engine'`,
      'app/services/b.ts': `import { Notifier } from '#notifications/notifier'`,
      'app/token_refresh/c.ts': `import type { Channel } from '#notifications/channel'`,
    },
    kept: { 'app/services/scheduler/d.ts': `import { Notifier } from '#notifications/notifier'` },
  },
  {
    name: 'no provider is named outside its definition and the configuration',
    rule: rules.noProviderIsNamed(PROVIDER_IDS),
    broken: {
      'app/services/a.ts': `if (connection.provider === 'twitch') wait()`,
      'commands/b.ts': 'const first = `spotify`',
      'app/transformers/c.ts': `switch (id) { case 'x': break }`,
      'app/services/f.ts': `const page = providers.find('meta')`,
      'app/services/g.ts': `const family = ['youtube', first]`,
      'start/h.ts': `if (id === 'mcp') stop()`,
    },
    kept: {
      'config/providers.ts': `const id = 'twitch'`,
      'app/transformers/d.ts': `const icon = { icon: 'x', text: 'twitch streams' }`,
      'app/services/i.ts': `const kinds: ('oauth2' | 'mcp')[] = []`,
      'app/transformers/j.ts': `const tag = element('meta')`,
      'providers/e.ts': `app.config.get('sandbox')`,
    },
  },
  {
    name: 'only the configuration and start/env read the environment',
    rule: rules.environmentIsConfiguration,
    broken: {
      'app/services/a.ts': `const port = process.env.PORT`,
      'start/scheduler.ts': `import env from '#start/env'`,
      'bin/test.ts': `if (process.env.CI) stop()`,
      'commands/b.ts': `const { HOME } = process['env']`,
    },
    kept: {
      'config/app.ts': `import env from '#start/env'`,
      'bin/server.ts': `app.booting(async () => { await import('#start/env') })`,
      'bin/test.ts': `process.env.NODE_ENV = 'test'`,
    },
  },
  {
    name: 'clock and chance are passed into the protocol and the decisions',
    rule: rules.clockAndRandomArePassedIn,
    broken: {
      'app/oauth/a.ts': `const now = Date.now()`,
      'app/oauth/b.ts': `const random = Math.random`,
      'app/token_refresh/c.ts': `const now = new Date()`,
      'app/token_refresh/d.ts': `const then = performance.now()`,
    },
    kept: {
      'app/oauth/e.ts': `const at = new Date(text).getTime()`,
      'app/services/f.ts': `const now = Date.now()`,
    },
  },
  {
    name: 'a file has at most 220 lines',
    rule: rules.filesAreShort,
    broken: { 'app/services/a.ts': long(221) },
    kept: { 'app/services/b.ts': long(220), 'database/c.ts': long(300) },
  },
  {
    name: 'a function has at most 45 lines',
    rule: rules.functionsAreShort,
    broken: {
      'app/services/a.ts': `export function tooLong() {\n${long(44)}\n}`,
      'commands/b.ts': `class B {\n  async run() {\n${long(44)}\n}\n}`,
      'start/c.ts': `app.ready(async () => {\n${long(44)}\n})`,
    },
    kept: { 'app/services/d.ts': `/** ${long(9)} */\nexport function fits() {\n${long(43)}\n}` },
  },
  {
    name: 'the folders of app form no ring',
    rule: rules.foldersFormNoRing,
    broken: {
      'app/models/a.ts': `import '#services/a'`,
      'app/services/a.ts': `import '#vault/a'`,
      'app/vault/a.ts': `import '#models/a'`,
    },
    kept: {
      'app/events/b.ts': `import type { Notice } from '#services/b'`,
      'app/services/b.ts': `import { Event } from '#events/b'`,
    },
  },
]
