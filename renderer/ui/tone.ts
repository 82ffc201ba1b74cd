/** What a mark says about the thing it stands on. Its colour never says it alone: a mark has words or an icon too. */
export type Tone = 'plain' | 'accent' | 'good' | 'warn' | 'bad' | 'wait'
