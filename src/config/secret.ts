/** Parts of a comma-separated list, without blanks. */
export function splitList(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Enough to tell two secrets apart by their kind, never enough to use one. */
export function hideSecret(secret: string): string {
  const kind = /^(whsec|(?:sk|rk|pk)_(?:live|test)|pv)_/.exec(secret)?.[0] ?? ''
  return `${kind}…(${secret.length} characters)`
}

/** A database URL as it may be printed: user, host, port and name, no password. */
export function hidePassword(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)'
  const parsed = new URL(url)
  if (parsed.password !== '') parsed.password = '***'
  for (const name of [...parsed.searchParams.keys()]) {
    if (/password|secret|key/i.test(name)) parsed.searchParams.set(name, '***')
  }
  return parsed.toString()
}
