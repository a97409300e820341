import { defineConfig, transports } from '@adonisjs/mail'
import notifications from '#config/notifications'
import env from '#start/env'

const url = env.get('SMTP_URL')?.release() ?? ''

/** Whether there is a mail server to hand messages to; without one nobody is written to. */
export function mailIsConfigured(): boolean {
  return url !== ''
}

/**
 * `smtp://…` speaks STARTTLS where the server offers it, `smtps://…` TLS from the first byte. Each step of the talk has the
 * time of a receiver of notifications.
 */
function smtp(address: URL) {
  const isSecure = address.protocol === 'smtps:'
  const auth = address.username && {
    type: 'login' as const,
    user: decodeURIComponent(address.username),
    pass: decodeURIComponent(address.password),
  }
  const { timeout } = notifications
  return transports.smtp({
    host: address.hostname.replace(/^\[|\]$/g, ''),
    port: Number(address.port) || (isSecure ? 465 : 587),
    secure: isSecure,
    auth: auth || undefined,
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    dnsTimeout: timeout,
  })
}

/** Reads `SMTP_URL`. Throws for what is no mail server, without the words of the URL parser: they would repeat the password. */
export function mailServerOf(text: string): URL {
  const found = URL.canParse(text) ? new URL(text) : null
  if (found && /^smtps?:$/.test(found.protocol) && found.hostname) return found
  throw new Error(
    'SMTP_URL is no mail server. Write smtp://user:password@mail.example.org:587, or smtps:// for TLS.'
  )
}

const mailers: Record<string, ReturnType<typeof smtp>> = mailIsConfigured()
  ? { smtp: smtp(mailServerOf(url)) }
  : {}

const mailConfig = defineConfig({
  default: 'smtp',
  from: env.get('MAIL_FROM') ?? `evergrant@${new URL(env.get('APP_URL')).hostname}`,
  mailers,
})

export default mailConfig
