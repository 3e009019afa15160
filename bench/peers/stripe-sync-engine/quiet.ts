/** It writes a line to the console for each row its timestamps keep from being written: thousands here. */
const warn = console.warn.bind(console)
console.warn = (...told: unknown[]) => {
  if (!String(told[0]).startsWith('[upsert] 0 rows')) warn(...told)
}
