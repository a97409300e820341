import app from '@adonisjs/core/services/app'
import { MailManager } from '@adonisjs/mail'
import { SMTPTransport } from '@adonisjs/mail/transports/smtp'
import { ReconnectLetters } from '#services/letters/reconnect_letters'
import { Letters } from '#services/letters/letters'
import { accountName } from '#transformers/account_name'
import { connectLinkUrl } from '#transformers/connect_link_url'
import { timeWords } from '#transformers/time_words'

export const LETTERS_URL = 'https://grants.example'

/** Lets the letters of the application go to a mail server of the test, until it ends. `ahead`: how far its clock is. */
export async function lettersBy(
  port: number,
  cleanup: (work: () => void) => void,
  ahead = () => 0
): Promise<void> {
  const { container } = app
  const emitter = await container.make('emitter')
  const smtp = () => new SMTPTransport({ host: '127.0.0.1', port, connectionTimeout: 2_000 })
  const mailers: Record<string, typeof smtp> = { smtp }
  const mail = new MailManager(emitter, { default: 'smtp', mailers, from: 'bot@grants.example' })
  const own = {
    letters: await container.make('letters'),
    reconnect: await container.make('reconnectLetters'),
  }
  const letters = new Letters({ mail: mail as never, timeout: 5_000, onTrouble: () => {} })
  const { catalogue } = await container.make('engine')
  const clock = { now: () => Date.now() + ahead() }
  const [links, i18n] = [await container.make('connectLinks'), await container.make('i18n')]
  const moment = (at: number, now: number, locale: string, zone: string | null) =>
    timeWords(locale, zone ?? undefined).moment(at, now)
  const shared = { letters, links, catalogue, clock, i18n, nameOf: accountName, moment }
  container.bindValue('letters', letters)
  container.bindValue(
    'reconnectLetters',
    new ReconnectLetters({ ...shared, urlOf: connectLinkUrl, appUrl: LETTERS_URL })
  )
  cleanup(() => {
    container.bindValue('letters', own.letters)
    container.bindValue('reconnectLetters', own.reconnect)
  })
}
