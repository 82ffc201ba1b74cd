/** The kinds of record as the board shows them: their order, their signs and their keys. */
import type { Component } from 'svelte'
import ClipboardList from '@lucide/svelte/icons/clipboard-list'
import FolderOpen from '@lucide/svelte/icons/folder-open'
import ShieldAlert from '@lucide/svelte/icons/shield-alert'
import Boxes from '@lucide/svelte/icons/boxes'
import type { RecordKind } from '../../shared/api/rows.ts'

export const KINDS_IN_ORDER = ['job', 'case', 'incident', 'stock'] as const satisfies readonly RecordKind[]

export const KIND_ICONS: Readonly<Record<RecordKind, Component>> = {
  job: ClipboardList,
  case: FolderOpen,
  incident: ShieldAlert,
  stock: Boxes,
}

/** The digits after those of the five places. */
export const KIND_KEYS = { job: '6', case: '7', incident: '8', stock: '9' } as const satisfies Record<
  RecordKind,
  string
>
