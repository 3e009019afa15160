interface KnownRoute {
  method: string
  path: string
}

/** Methods that `pathname` is served under; empty: no such address. */
export function allowedMethods(routes: readonly KnownRoute[], pathname: string): string[] {
  const methods = new Set<string>()
  for (const route of routes) {
    if (route.method !== 'ALL' && matches(route.path, pathname)) methods.add(route.method)
  }
  if (methods.has('GET')) methods.add('HEAD')
  return [...methods].sort()
}

function matches(pattern: string, pathname: string): boolean {
  const expected = pattern.split('/')
  const actual = pathname.split('/')
  return (
    expected.length === actual.length &&
    expected.every((part, index) =>
      part.startsWith(':') ? actual[index] !== '' : part === actual[index],
    )
  )
}
