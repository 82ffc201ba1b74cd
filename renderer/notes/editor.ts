/**
 * The editor of a note over its document: headings, lists, checkboxes, links, code. Its schema is the one that
 * the engine accepts (shared/merge/text/schema.ts); nothing in it writes by itself, for every write is an op.
 */
import { Editor } from '@tiptap/core'
import { Collaboration } from '@tiptap/extension-collaboration'
import { TaskItem, TaskList } from '@tiptap/extension-list'
import { StarterKit } from '@tiptap/starter-kit'
import type * as Y from 'yjs'

export type EditorOptions = {
  readonly doc: Y.Doc
  readonly element: HTMLElement
  readonly editable: boolean
  readonly label: string
  /** Told after each change of text or selection, for a toolbar to follow. */
  readonly onChange: () => void
  readonly onBlur: () => void
  readonly onEscape: () => void
}

export function openEditor(options: EditorOptions): Editor {
  return new Editor({
    element: options.element,
    editable: options.editable,
    injectCSS: false,
    extensions: [
      // The trailing node would write a paragraph on opening; undo is the collaboration's own.
      StarterKit.configure({
        trailingNode: false,
        undoRedo: false,
        link: { openOnClick: 'whenNotEditable', defaultProtocol: 'https' },
      }),
      TaskList,
      TaskItem.configure({ nested: true }),
      TakingBack.configure({ document: options.doc }),
    ],
    editorProps: {
      attributes: {
        class: 'note-text',
        role: options.editable ? 'textbox' : 'document',
        'aria-label': options.label,
        ...(options.editable ? { 'aria-multiline': 'true' } : {}),
      },
      handleKeyDown: (_view, event) => {
        if (event.key !== 'Escape') return false
        event.stopPropagation()
        options.onEscape()
        return true
      },
    },
    onTransaction: options.onChange,
    onBlur: options.onBlur,
  })
}

/**
 * Takes back, or does again, and puts the cursor behind what came or went: by itself it goes to where the words stood that
 * were there before, and what comes back are new ones.
 */
export function takeBack(editor: Editor, how: 'undo' | 'redo'): boolean {
  const before = editor.state.doc.content
  if (!editor.commands[how]()) return false
  const now = editor.state.doc.content
  const [start, end] = [before.findDiffStart(now), before.findDiffEnd(now)]
  return start === null || end === null || editor.commands.setTextSelection(Math.max(start, end.b))
}

const TakingBack = Collaboration.extend({
  addKeyboardShortcuts() {
    return {
      'Mod-z': () => takeBack(this.editor, 'undo'),
      'Mod-y': () => takeBack(this.editor, 'redo'),
      'Shift-Mod-z': () => takeBack(this.editor, 'redo'),
    }
  },
})

/** Puts the cursor behind the last word, at once: what is typed next must not go elsewhere. */
export function focusEnd(editor: Editor): void {
  editor.commands.setTextSelection(editor.state.doc.content.size)
  editor.view.focus()
}
