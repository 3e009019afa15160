import { openHand, type Hand } from './do-task.ts'
import type { Briefing, Task } from './task.ts'

/** A process of the crew: its first message is the briefing, each later one a task. */
let hand: Promise<Hand> | null = null

process.on('message', (message: Briefing | Task) => {
  if (hand === null) {
    hand = openHand(message as Briefing)
    return
  }
  void hand.then((open) => open.do(message as Task)).then((outcome) => process.send?.(outcome))
})

process.on('disconnect', () => {
  void hand?.then((open) => open.close())
})
