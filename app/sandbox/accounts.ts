/** Somebody who can be connected at the sandbox. `id` is the stable `sub`. */
export interface SandboxAccount {
  id: string
  username: string
  name: string
  /** What the account pretends to be, for the consent page. */
  about: string
}

export const DEMO_ACCOUNTS: readonly SandboxAccount[] = [
  {
    id: 'nova-hollis',
    username: 'novahollis',
    name: 'Nova Hollis',
    about: 'Streamer, retro games',
  },
  {
    id: 'juniper-vale',
    username: 'junipercooks',
    name: 'Juniper Vale',
    about: 'Streamer, cooking live',
  },
  {
    id: 'mael-renaud',
    username: 'maelspeedruns',
    name: 'Maël Renaud',
    about: 'Streamer, speedruns',
  },
  {
    id: 'kitsune-arcade',
    username: 'kitsunearcade',
    name: 'Kitsune Arcade',
    about: 'Brand, arcade halls',
  },
  {
    id: 'orbit-coffee',
    username: 'orbitcoffee',
    name: 'Orbit Coffee',
    about: 'Brand, roasted beans',
  },
]

/** The account with this id. Ids that nobody listed are accounts too, so that tests can make as many as they need. */
export function accountFor(id: string, accounts: readonly SandboxAccount[]): SandboxAccount {
  return (
    accounts.find((account) => account.id === id) ?? {
      id,
      username: id,
      name: id,
      about: 'Made by a test',
    }
  )
}

/** Two letters that stand for the name where there is no picture. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  const letters =
    words.length > 1 ? [words[0], words[words.length - 1]].map((word) => word[0]) : [...name].slice(0, 2)
  return letters.join('').toUpperCase()
}
