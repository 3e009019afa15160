/** Run: npx tsx examples/usage/main.ts */
import { play } from './play.ts'

await play((line) => console.log(line))
