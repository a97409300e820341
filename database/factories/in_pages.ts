/** A name as pages show it: a straight apostrophe would be written as an entity there, and a test would look for it in vain. */
export const inPages = (name: string): string => name.replaceAll("'", '’')
