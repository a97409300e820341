/**
 * Tells the person at the terminal where to sign in and, at the very first start, as whom. Preloaded in the web process.
 */
import app from '@adonisjs/core/services/app'
import { appUrl } from '#config/app'
import sandbox from '#config/sandbox'

app.ready(async () => {
  const { UserService } = await import('#services/user_service')
  const first = await new UserService().ensureFirstUser()
  const lines = [`Evergrant   ${appUrl}`]
  if (first) {
    lines.push(`Sign in     ${first.email}`, `Password    ${first.password}   (shown once)`)
  } else {
    lines.push('Sign in     with your account; a new one: node ace user:create --email=… --role=admin')
  }
  if (sandbox.enabled)
    lines.push(`Sandbox     http://127.0.0.1:${sandbox.port}   (connect an account there and watch it)`)
  process.stdout.write(`\n${lines.map((line) => `  ${line}`).join('\n')}\n\n`)
})
