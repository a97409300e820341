import { flags } from '@adonisjs/core/ace'
import { EvergrantCommand } from '#services/command_support'

export default class PushKeys extends EvergrantCommand {
  static commandName = 'push:keys'
  static description = 'Print a fresh pair of keys for web push'
  static help = [
    'Put both lines into .env and start again. Nothing is changed by this command.',
    'Browsers subscribe to one public key: with another pair, people have to enable their devices again.',
    'Exit codes: 0 printed.',
  ]
  static options = { startApp: false }

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  async run(): Promise<void> {
    const { default: webPush } = await import('web-push')
    const { publicKey, privateKey } = webPush.generateVAPIDKeys()
    this.note('For .env. Browsers that were enabled with another pair have to be enabled again.')
    if (this.json) return this.print(JSON.stringify({ public_key: publicKey, private_key: privateKey }))
    this.print(`VAPID_PUBLIC_KEY=${publicKey}\nVAPID_PRIVATE_KEY=${privateKey}`)
  }
}
