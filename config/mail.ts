import { defineConfig, transports } from '@adonisjs/mail'
import env from '#start/env'

/** `smtp://…` speaks STARTTLS where the server offers it, `smtps://…` TLS from the first byte. */
const server = new URL(env.get('SMTP_URL')?.release() || 'smtp://127.0.0.1:25')
const isSecure = server.protocol === 'smtps:'
const auth = server.username
  ? {
      type: 'login' as const,
      user: decodeURIComponent(server.username),
      pass: decodeURIComponent(server.password),
    }
  : undefined

const mailConfig = defineConfig({
  default: 'smtp',
  from: env.get('MAIL_FROM') ?? `evergrant@${new URL(env.get('APP_URL')).hostname}`,
  mailers: {
    smtp: transports.smtp({
      host: server.hostname,
      port: Number(server.port) || (isSecure ? 465 : 587),
      secure: isSecure,
      auth,
    }),
  },
})

export default mailConfig
