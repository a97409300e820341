import app from '@adonisjs/core/services/app'
import { MailManager } from '@adonisjs/mail'
import { SMTPTransport } from '@adonisjs/mail/transports/smtp'
import { emailChannel } from '#notifications/channels/email'
import { Wording } from '#notifications/wording'
import type { Locale, Matter, Message } from '#notifications/types'

const NOON = Date.UTC(2026, 10, 21, 12)
export const APP_URL = 'https://grants.example'
export const CREDENTIALS = { user: 'evergrant', pass: 'correct horse' }
export const ANA = { kind: 'email', address: 'ana@example.org', name: 'Ana López' } as const

export function letterMessage(changes: Partial<Message> = {}, name = 'Ana'): Message {
  const account = { connectionId: '0190-0', provider: 'acme', name, isOwn: true }
  const matter: Matter = {
    id: 'matter',
    event: 'connection.deactivated',
    severity: 'urgent',
    provider: 'acme',
    providerName: 'Acme',
    cause: 'rejected',
    data: { cause: 'rejected', code: 'invalid_grant' },
    count: 1,
    accounts: [account],
    connectionIds: ['0190-0'],
    firstAt: NOON,
    lastAt: NOON,
  }
  const texts = { locale: 'en' as Locale, timeZone: 'UTC', audience: 'person' as const }
  const organization = { organizationId: 'o', organizationName: 'Guild' }
  const rest = { isDigest: false, isTest: false, createdAt: NOON, matters: [matter] }
  return { id: '0190aaaa-delivery', ...organization, ...texts, ...rest, ...changes }
}

interface Server {
  port: number
  close(): Promise<void>
}

type Auth = { type: 'login'; user: string; pass: string }

export async function emailTo(
  server: Server | null,
  { timeout = 5_000, auth }: { timeout?: number; auth?: Auth } = {}
) {
  const emitter = await app.container.make('emitter')
  const limits = { connectionTimeout: timeout, greetingTimeout: timeout, socketTimeout: timeout }
  const smtp = () => new SMTPTransport({ host: '127.0.0.1', port: server?.port, auth, ...limits })
  const mailers: Record<string, typeof smtp> = server ? { smtp } : {}
  const mail = new MailManager(emitter, { default: 'smtp', mailers, from: 'Evergrant <bot@grants.example>' })
  const wording = new Wording({ i18n: await app.container.make('i18n'), appUrl: APP_URL })
  return emailChannel({ mail, wording, settings: { timeout } })
}
