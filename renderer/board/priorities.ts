/** The priorities a job may have, from least to most pressing. */
export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const
export type Priority = (typeof PRIORITIES)[number]

export const isPriority = (text: unknown): text is Priority => PRIORITIES.some((one) => one === text)
