/** What a stage is called. What has no checklist is not "to do": it is open. */
import type { RecordKind, Stage } from '../../shared/api/rows.ts'
import { boardWords } from './messages.ts'

/** As the name of a column, which holds many. */
export const columnName = (kind: RecordKind, stage: Stage): string =>
  kind !== 'job' && stage === 'todo' ? boardWords().openMany : boardWords().stages[stage]

/** Of one record. */
export const stageName = (kind: RecordKind, stage: Stage): string =>
  kind !== 'job' && stage === 'todo' ? boardWords().openOne : boardWords().stage[stage]
