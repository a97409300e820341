import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** A letter as it came over the wire. */
export interface ReceivedLetter {
  from: string
  to: string[]
  raw: string
}

/** What the server does with letters. */
export interface MailBehaviour {
  /** Credentials that it accepts; without them it asks for none. */
  credentials?: { user: string; pass: string }
  /** Answers to the steps of the talk: code and words. A step without one goes well. */
  refuse?: Partial<Record<'mail' | 'rcpt' | 'data' | 'auth', [code: number, words: string]>>
  /** Takes the whole letter and never answers. */
  hangs?: boolean
}

/** A real mail server on loopback. */
export interface TestMailServer {
  port: number
  letters: ReceivedLetter[]
  behaviour: MailBehaviour
  close(): Promise<void>
}

export async function startMailServer(behaviour: MailBehaviour = {}): Promise<TestMailServer> {
  const state = { letters: [] as ReceivedLetter[], behaviour }
  const server = new SMTPServer({ ...handlers(state), closeTimeout: 50 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return Object.assign(state, {
    port,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  })
}

/** A server that takes connections and does with them what it is told: say nothing, or hang up. */
export async function startBrokenServer(
  treat: (socket: Socket) => void
): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    treat(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return { port: (server.address() as AddressInfo).port, close }
}

function handlers(state: { letters: ReceivedLetter[]; behaviour: MailBehaviour }): SMTPServerOptions {
  const { credentials } = state.behaviour
  const refusal = (step: keyof NonNullable<MailBehaviour['refuse']>) => {
    const [responseCode, words] = state.behaviour.refuse?.[step] ?? []
    return words === undefined ? null : Object.assign(new Error(words), { responseCode })
  }
  return {
    disableReverseLookup: true,
    disabledCommands: credentials ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
    authOptional: !credentials,
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, callback) {
      const isKnown = username === credentials?.user && password === credentials?.pass
      const error =
        refusal('auth') ?? Object.assign(new Error('5.7.8 Wrong credentials'), { responseCode: 535 })
      if (isKnown && !state.behaviour.refuse?.auth) callback(null, { user: username })
      else callback(error)
    },
    onMailFrom: (_address, _session, callback) => callback(refusal('mail')),
    onRcptTo: (_address, _session, callback) => callback(refusal('rcpt')),
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const error = refusal('data')
        if (error) return callback(error)
        const { mailFrom, rcptTo } = session.envelope
        const from = mailFrom ? mailFrom.address : ''
        const to = rcptTo.map(({ address }) => address)
        state.letters.push({ from, to, raw: Buffer.concat(chunks).toString('utf8') })
        if (!state.behaviour.hangs) callback(null, '2.0.0 Taken')
      })
    },
  }
}
