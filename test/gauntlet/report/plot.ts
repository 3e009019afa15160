import {
  blockedShare,
  isOurs,
  percent,
  ratio,
  unpaidShare,
  type ContestantFigures,
} from './figures.ts'

/** Pixels. */
const WIDTH = 860
const LABELS = 196
const GAP = 56
const ROW = 46
const BAR = 18
const TOP = 104
const BOTTOM = 56
const PANEL = (WIDTH - LABELS - GAP - 24) / 2
/** Room for the figure behind the longest bar. */
const FIGURE = 70

interface Bar {
  readonly label: string
  readonly parts: readonly { readonly share: number; readonly kind: string }[]
}

interface Panel {
  readonly x: number
  readonly title: string
  readonly subtitle: string
  readonly bars: readonly Bar[]
}

/** Two bars for each contestant: how often it ends wrong, and how much of customers' time it is wrong. */
export function drawPlot(contestants: readonly ContestantFigures[]): string {
  // Who was judged by no story has no bar, not one of nothing.
  const figures = contestants.filter(({ stories }) => stories > 0)
  const height = TOP + figures.length * ROW + BOTTOM
  const panels: Panel[] = [
    {
      x: LABELS,
      title: 'Wrong in the end',
      subtitle: 'all events in, late and in any order: share of runs',
      bars: figures.map(({ name, lateRuns }) => ({
        label: name,
        parts: [{ share: ratio(lateRuns), kind: 'wrong' }],
      })),
    },
    {
      x: LABELS + PANEL + GAP,
      title: 'Wrong as it happens',
      subtitle: 'nothing under way: share of customers’ time',
      bars: figures.map(({ name, settled }) => ({
        label: name,
        parts: [
          { share: blockedShare(settled), kind: 'blocked' },
          { share: unpaidShare(settled), kind: 'unpaid' },
        ],
      })),
    },
  ]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title text">`,
    `<title id="title">How often access is wrong, by contestant</title>`,
    `<desc id="text">${escaped(description(figures))}</desc>`,
    STYLE,
    `<rect class="paper" width="${WIDTH}" height="${height}" rx="10"/>`,
    `<text class="headline" x="24" y="38">How often access is wrong</text>`,
    ...figures.map(
      ({ name }, index) =>
        `<text class="name${isOurs(name) ? ' ours' : ''}" x="${LABELS - 14}" y="${middleOf(index) + 4}">${escaped(name)}</text>`,
    ),
    ...panels.map(drawPanel),
    legend(height - 22),
    '</svg>',
    '',
  ].join('\n')
}

function drawPanel({ x, title, subtitle, bars }: Panel): string {
  const most = Math.max(...bars.map(sumOf), 0)
  const { limit, step } = scaleFor(most)
  const room = PANEL - FIGURE
  const at = (share: number) => (share / limit) * room
  const bottom = TOP + bars.length * ROW
  const ticks = Array.from({ length: Math.round(limit / step) + 1 }, (_, index) => index * step)
  return [
    `<text class="title" x="${x}" y="68">${escaped(title)}</text>`,
    `<text class="subtitle" x="${x}" y="86">${escaped(subtitle)}</text>`,
    ...ticks.map((tick) => {
      const place = rounded(x + at(tick))
      return `<line class="${tick === 0 ? 'axis' : 'grid'}" x1="${place}" x2="${place}" y1="${TOP}" y2="${bottom}"/><text class="tick" x="${place}" y="${bottom + 14}">${tickText(tick)}</text>`
    }),
    ...bars.map((bar, index) => drawBar(bar, { x, at, middle: middleOf(index) })),
  ].join('\n')
}

function drawBar(
  bar: Bar,
  { x, at, middle }: { x: number; at: (share: number) => number; middle: number },
): string {
  const total = sumOf(bar)
  let from = x
  const parts = bar.parts.map(({ share, kind }) => {
    const width = share === 0 ? 0 : Math.max(1.5, at(share))
    const part = `<rect class="${kind}" x="${rounded(from)}" y="${middle - BAR / 2}" width="${rounded(width)}" height="${BAR}"${width > 6 ? ' rx="2"' : ''}/>`
    from += width
    return width === 0 ? '' : part
  })
  return `${parts.join('')}<text class="figure${total === 0 ? ' none' : ''}" x="${rounded(from + 8)}" y="${middle + 4}">${total === 0 ? '0' : percent(total)}</text>`
}

function legend(y: number): string {
  const entries = [
    ['wrong', 'ends in another state than due'],
    ['blocked', 'paid but blocked'],
    ['unpaid', 'unpaid but active'],
  ] as const
  const xs = [LABELS, LABELS + PANEL + GAP, LABELS + PANEL + GAP + 132]
  return entries
    .map(
      ([kind, text], index) =>
        `<rect class="${kind}" x="${xs[index] ?? 0}" y="${y - 9}" width="10" height="10" rx="2"/><text class="legend" x="${(xs[index] ?? 0) + 16}" y="${y}">${text}</text>`,
    )
    .join('')
}

/** The next round limit above the longest bar, in four or five steps. */
function scaleFor(most: number): { limit: number; step: number } {
  const steps = [0.01, 0.02, 0.05, 0.1, 0.2]
  const step = steps.find((each) => most <= each * 5) ?? 0.2
  return { limit: Math.max(step, Math.ceil(most / step) * step), step }
}

function tickText(share: number): string {
  return share === 0 ? '0' : `${String(Math.round(share * 100))} %`
}

function middleOf(index: number): number {
  return TOP + index * ROW + ROW / 2
}

function sumOf({ parts }: Bar): number {
  return parts.reduce((sum, { share }) => sum + share, 0)
}

function description(figures: readonly ContestantFigures[]): string {
  return figures
    .map(
      ({ name, lateRuns, settled }) =>
        `${name}: wrong in the end in ${percent(ratio(lateRuns))} of runs; paid but blocked ${percent(blockedShare(settled))} and unpaid but active ${percent(unpaidShare(settled))} of customers’ time.`,
    )
    .join(' ')
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** An image takes no colours from the page around it, but knows whether the reader prefers dark. */
const STYLE = `<style>
  text { font-family: ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; fill: #1f2430; }
  .paper { fill: #ffffff; stroke: #e3e6ec; }
  .headline { font-size: 19px; font-weight: 650; }
  .title { font-size: 14px; font-weight: 650; }
  .subtitle, .legend, .tick { font-size: 11.5px; fill: #667085; }
  .tick { text-anchor: middle; }
  .name { font-size: 13px; text-anchor: end; fill: #475067; }
  .ours { font-weight: 650; fill: #1f2430; }
  .figure { font-size: 12.5px; font-variant-numeric: tabular-nums; paint-order: stroke; stroke: #ffffff; stroke-width: 5px; stroke-linejoin: round; }
  .none { font-weight: 650; fill: #16794c; }
  .grid { stroke: #eceef2; }
  .axis { stroke: #b6bdca; }
  .wrong { fill: #5b6b8c; }
  .blocked { fill: #d9480f; }
  .unpaid { fill: #e8a317; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6e9f0; }
    .paper { fill: #14171f; stroke: #2a2f3b; }
    .subtitle, .legend, .tick { fill: #98a2b5; }
    .name { fill: #b8c0d0; }
    .ours { fill: #f2f4f8; }
    .figure { stroke: #14171f; }
    .none { fill: #58c793; }
    .grid { stroke: #242936; }
    .axis { stroke: #525b6d; }
    .wrong { fill: #8b9cc0; }
    .blocked { fill: #f0703c; }
    .unpaid { fill: #f0bd4e; }
  }
</style>`
