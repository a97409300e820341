import env from '#start/env'
import { defineConfig, drivers } from '@adonisjs/core/encryption'

/** Seals cookies and signed links. Tokens have keys of their own: `config/vault.ts`. */
export default defineConfig({
  default: 'gcm',
  list: {
    gcm: drivers.aes256gcm({ id: 'gcm', keys: [env.get('APP_KEY').release()] }),
  },
})
