export * from './fact.ts'
export * from './catalog.ts'
export * from './decision.ts'
export type { Story, StoryEntry } from './explain.ts'
