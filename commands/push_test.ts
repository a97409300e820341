import { flags } from '@adonisjs/core/ace'
import type { DeviceTest, PushDevices } from '#notifications/push_devices'
import { EvergrantCommand, EXIT } from '#services/command_support'

/** What helps where keys cannot be used. */
const KEYS = {
  missing: 'Web push is off: set VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY. `node ace push:keys` prints a pair.',
  malformed: 'VAPID_PUBLIC_KEY or VAPID_PRIVATE_KEY is no key. `node ace push:keys` prints a pair.',
  mismatched: 'VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY are not of one pair. Take both from one `push:keys`.',
}

const WORDS = {
  delivered: 'taken by its push service',
  later: 'not taken now',
  refused: 'refused',
  gone: 'gone, and removed from the devices',
}

export default class PushTest extends EvergrantCommand {
  static commandName = 'push:test'
  static audits = 'device.test' as const
  static description = "Send a test notification to a person's devices"
  static help = [
    'Without --user it goes to the only person of the organization who has a device.',
    'Exit codes: 0 every push service took it, 2 nobody or several people could be meant,',
    '3 the keys are missing or wrong, the person has no device, or a device did not get it.',
  ]

  @flags.string({ description: 'E-mail address of the person' })
  declare user?: string

  @flags.boolean({ description: 'Print one JSON object and nothing else' })
  declare json?: boolean

  async run(): Promise<void> {
    const organizationId = await this.organizationId()
    if (!organizationId) return
    const { devices } = await this.app.container.make('notifications')
    if (devices.trouble) return this.refuse(KEYS[devices.trouble], EXIT.findings)
    const person = await this.#person(devices, organizationId)
    if (!person) return
    const tests = await devices.test({ organizationId, userId: person.userId })
    if (tests.length === 0) {
      const advice = 'Sign in, open Alerts, then Devices, and enable notifications there.'
      return this.refuse(`${person.email} has no device. ${advice}`, EXIT.findings)
    }
    this.#report(person.email, tests)
    if (tests.some(({ receipt }) => receipt.type !== 'delivered')) this.exitCode = EXIT.findings
  }

  async #person(devices: PushDevices, organizationId: string) {
    const people = await devices.people(organizationId)
    const email = this.user?.trim().toLowerCase()
    const meant = people.filter((one) => (email === undefined ? one.devices > 0 : one.email === email))
    if (meant.length === 1) return meant[0]
    if (email !== undefined) this.refuse(`Nobody in this organization has the address ${email}.`)
    else if (meant.length === 0) this.refuse('Nobody in this organization has a device.', EXIT.findings)
    else this.refuse(`Several people have devices; choose with --user: ${meant.map(nameOf).join(', ')}.`)
    return null
  }

  #report(user: string, tests: readonly DeviceTest[]): void {
    if (this.json) return this.print(JSON.stringify({ user, devices: tests.map(toJson) }))
    for (const { device, receipt } of tests) {
      const { type, status, code } = receipt
      const why = [status === null ? null : `status ${status}`, code].filter(Boolean).join(', ')
      this.print(`${device}: ${WORDS[type]}${type === 'delivered' ? '' : ` (${why})`}`)
    }
  }
}

const nameOf = ({ email }: { email: string }) => email

function toJson({ id, device, receipt }: DeviceTest) {
  const { type, status, code, answer } = receipt
  return { id, device, status: type, http_status: status, code, answer }
}
