/**
 * Tells the person at the terminal where to sign in or, while nobody can, where to make the first account. Preloaded in
 * the web process. The address holds a secret, so it goes to the terminal and not through the log.
 */
import app from '@adonisjs/core/services/app'
import { appUrl } from '#config/app'
import sandbox from '#config/sandbox'

app.ready(async () => {
  const { firstPerson } = await app.container.make('people')
  const token = await firstPerson.announce()
  const lines = [`Evergrant   ${appUrl}`]
  if (token) {
    lines.push(
      'Sign in     nobody can yet: make the first account at this address, which works once, within 24 hours',
      `Set up      ${appUrl}/setup?token=${token.reveal()}`
    )
  } else {
    lines.push('Sign in     with your account; a new one: node ace user:create --email=… --role=admin')
  }
  if (sandbox.enabled)
    lines.push(`Sandbox     http://127.0.0.1:${sandbox.port}   (connect an account there and watch it)`)
  process.stdout.write(`\n${lines.map((line) => `  ${line}`).join('\n')}\n\n`)
})
