interface Named {
  displayName: string | null
  username: string | null
  providerAccountId: string
}

/** What a report calls an account: display name, else username, else the provider's id. */
export function accountLabel({ displayName, username, providerAccountId }: Named): string {
  return displayName?.trim() || username?.trim() || providerAccountId
}
