/**
 * The schema of a note, as the desk's editor stores it in Yjs: the node and mark names of Tiptap's StarterKit
 * with its task list (items may nest). What is not named here cannot enter a text: an editor deletes what its
 * schema does not know, in the name of whoever opens the note.
 */

/** The one top-level type of a text's document: the default field of the editor's collaboration extension. */
export const FRAGMENT = 'default'

/** Hold blocks. Of a list item the first child must be a paragraph. */
const CONTAINERS = ['blockquote', 'bulletList', 'orderedList', 'listItem', 'taskList', 'taskItem'] as const
/** Hold text: what a line of the plain text is made of. */
const TEXT_BLOCKS = ['paragraph', 'heading', 'codeBlock'] as const
/** Hold nothing. */
const LEAVES = ['horizontalRule', 'hardBreak'] as const
const MARKS = ['bold', 'italic', 'strike', 'underline', 'code', 'link'] as const
const ATTRIBUTES = ['level', 'language', 'start', 'type', 'checked'] as const

const containers: ReadonlySet<string> = new Set(CONTAINERS)
const textBlocks: ReadonlySet<string> = new Set(TEXT_BLOCKS)
const nodes: ReadonlySet<string> = new Set([...CONTAINERS, ...TEXT_BLOCKS, ...LEAVES])
const marks: ReadonlySet<string> = new Set(MARKS)
const attributes: ReadonlySet<string> = new Set(ATTRIBUTES)

export const isContainer = (name: string): boolean => containers.has(name)
export const isTextBlock = (name: string): boolean => textBlocks.has(name)
export const isListItem = (name: string): boolean => name === 'listItem' || name === 'taskItem'
export const isNode = (name: string): boolean => nodes.has(name)
export const isMark = (name: string): boolean => marks.has(name)
export const isAttribute = (name: string): boolean => attributes.has(name)

/** What an attribute of a node or of a mark may be: only what has one canonical encoding. */
export type Plain = string | number | boolean | null

export const isPlain = (value: unknown): value is Plain =>
  value === null ||
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isSafeInteger(value))
