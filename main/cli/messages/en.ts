/** English: what the command line says of itself. Keys are grouped by command. */
export const en = {
  program: "A warehouse's job desk that keeps working when the internet is out.",
  version: 'print the version',
  help: 'show how it is used',
  helpCommand: 'show how a command is used',
  usageTitle: 'Usage:',
  argumentsTitle: 'Arguments:',
  optionsTitle: 'Options:',
  commandsTitle: 'Commands:',
  missingArgument: 'The argument {what} is missing.',
  missingOption: 'The option {what} is missing.',
  missingValue: 'The option {what} needs a value.',
  unknownOption: 'There is no option {what}.',
  unknownCommand: 'There is no command {what}.',
  excessArguments: 'There are more arguments than it takes.',
  badValue: 'The value of {what} is not one that it takes.',
  badAddress: '{what} must be HOST:PORT.',
  badBytes: '{what} must be a number of bytes.',
  badHistory: '--history must be a number of days above 0 and up to {most}, or "forever".',
  notLoopback: 'The control address must be on loopback, such as 127.0.0.1:0.',

  data: "the device's data folder",
  json: 'print JSON',
  name: 'what this device is called',

  init: 'create a new site; this device becomes its authority. Prints {"site", "actor", "recovery"}; keep the recovery key offline, it is shown once',
  site: 'what the site is called',

  invite: 'make a one-time pairing code, valid for ten minutes. Prints {"code", …}. Needs a running node',
  role: 'what the new device may do: technician, supervisor or edge',
  inviteName: 'for whom or for which device the code is',

  join: 'join a site with a pairing code; the inviting node must be in reach. A device that may not write any more, or was cut, joins anew and hands in its unsent work. Prints {"site", "actor", "role"}',
  code: 'the pairing code',

  run: 'run the node of a data folder until it is stopped. Prints one JSON line once it is ready',
  listen: 'where peers are awaited; port 0 picks a free one',
  control: 'where the desk and this command line are awaited, on loopback',
  peer: 'an address to dial, besides those that are found; may be given several times',
  hq: 'the address of headquarters; links to it count as WAN',
  noMdns: 'do not announce or look for devices on the local network',
  photosQuota: 'how much a tablet keeps of photos that others hold (4 GiB)',
  history: 'how many days what is final can still be read in the activity of this device, or "forever" (90)',
  interface:
    'announce and look only on this interface (a name or an IPv4 address); may be given several times',
  decide: 'who answers close requests on the authority: its policy, or a person (manual)',

  do: 'carry out a command. Prints {"op", …} or {"error": {"code", "message", "hint"}}',
  doCommand: 'for example job.create; see docs/commands.md',
  doInput: 'its input as JSON; - reads it from standard input',

  query: 'ask a question. Prints its answer as JSON',
  queryName: 'for example board; see docs/commands.md',

  import:
    'import work orders as jobs. Every row that cannot be read is reported with its line; nothing is imported twice',
  importFile:
    'a CSV file in UTF-8 with the columns work_order and title, and any of activity, equipment, symptom, zone, assignee, priority; - reads standard input',
  source: 'the name of the system it comes from: the same key of the same source is the same job',
  importDone:
    'Imported {imported}; already here {known}; different here, so left alone {changed}; not readable {failed}.',
  importFailed: '  line {line}: {reason}  {text}',
  importChanged: '  line {line}: {key} differs in {fields}',

  status: 'show how this device stands',
  statusDevice: '{name} ({role}) at {site}',
  statusLink: 'WAN {wan}, LAN {lan}, peers linked {linked}',
  statusOutbox:
    'Not yet shared: {outbox}. Waiting for the authority: {waiting}. Conflicts: {conflicts}. In review: {review}.',
  statusUpgrade:
    'This device needs an upgrade: the site goes by version {site} of its rules, and this program knows version {known}.',
  statusUnknown: 'Nobody has been heard since {since}: what others hold is not known.',
  statusHeard: 'The authority was last heard {heard}.',
  statusNeverHeard: 'The authority has not been heard yet.',
  statusNoCheckpoint: 'No checkpoint yet: nothing is final.',
  statusCheckpoint: 'Last checkpoint {wall}: final {ops}, not final yet {beyond}; {check}.',
  checkpointAgreed: 'this device finds the same state',
  checkpointDiffers: 'THIS DEVICE FINDS ANOTHER STATE',
  checkpointOpen: 'not compared here yet',
  statusAlarm:
    'ALARM: the state here is not what the authority published in {op}. Run "tallydesk doctor" on both devices.',
  statusSnapshot: 'Snapshot of the checkpoint of {wall}, {bytes} bytes: {where}.',
  snapshotHere: 'it is on this device',
  snapshotElsewhere: 'it is not on this device',
  statusHistory:
    'What is final can be read in the activity for {days} days; changes no longer kept here: {cleared}.',
  statusHistoryForGood:
    'What is final can be read in the activity for good; changes no longer kept here: {cleared}.',
  beginsComing:
    'Others keep no more what this device lacks. It is catching up from a snapshot: {done} of {size} bytes.',
  beginsReading:
    'Others keep no more what this device lacks. It is catching up from a snapshot, which it takes in now.',
  beginsNobody:
    'Others keep no more what this device lacks, and nobody linked has a snapshot to begin from. Let it meet a desk or the authority.',
  beginsUnusable:
    'Others keep no more what this device lacks, and the snapshot that they have cannot be used here. Let it meet the authority; its log says why.',
  linkUp: 'up',
  linkDown: 'down',
  linkConnecting: 'connecting',
  linkOff: 'off',
  linkNone: 'none configured',
  linkSelf: 'not needed: this device is the authority',
  linkAlone: 'nobody in reach',

  doctor:
    'check the database, every chain and all that follows from it, attachments and witness, and report any difference; changes nothing without --repair',
  doctorRepair:
    'while no node runs: make anew what is damaged, and put the damaged file aside. Nothing that can be read is deleted',
  doctorDone:
    'Checked {ops} ops in {records} records, and {attachments} attachments; differences: {findings}.',
  foundFile: 'the file of the database: {detail}',
  foundChain: 'the log: {detail}',
  foundBytes: 'op {detail} is not as it was written',
  foundSignature: 'op {detail} is not signed by its author',
  foundControl: 'what is kept of members, requests and rights is not what the log says: {detail}',
  foundContext: 'what op {detail} had seen is not as it says',
  foundBase: 'what is left of history that was dropped is not as it was: {detail}',
  foundHash: 'the hash of record {detail} is not the one that it has',
  foundTable: 'what is shown is not what the log says: {detail}',
  foundJudgement: 'op {detail} is judged otherwise than it should be',
  foundCheckpoint: 'checkpoint {detail} states another hash than this device has at its place',
  foundAttachment: 'the attachment {detail} is not as it was taken; --repair fetches it from another device',
  foundWitness: 'the witness: {detail}',
  repairedNothing: 'Nothing is wrong: {ops} ops.',
  repairedViews: 'Made anew from the log what was shown otherwise: {ops} ops.',
  repairedDatabase:
    'Made a new database with the {ops} ops that still verify; places that could not be read: {lost}. Other devices send what is missing.',
  repairedAside: 'The damaged file is kept as {aside}.',
  repairedAttachments: 'Put aside {attachments} damaged attachments; they come from another device.',
  repairedMissing:
    '{missing} ops of this device are missing. It writes again once another device has sent them back; if none has them, join it again with a code.',
  repairedRejoin:
    'Nobody can tell how much of its own work this device has lost: run it where it reaches another device, and join it again with a code.',

  demo: 'show a whole warehouse at work on this machine. Prints one JSON line once it is ready; "desk" opens it in a browser',
  demoTablets: 'how many tablets work in it, from 2 to 6',

  backup:
    'write a backup of this device to a folder, also while its node runs: database, keys, and the bytes of attachments that are not in it yet',
  backupFolder: 'the folder: a new or an empty one, or the one that holds the last backup of this device',
  backupDone: 'Wrote {ops} ops and {blobs} attachments ({copied} new) to {folder}, {bytes} bytes in all.',
  backupSecret: 'It holds the keys of this device: keep it as safe as the device.',
  backupDamaged:
    'Left out, because they are damaged on this disk: {damaged} attachments. See tallydesk doctor.',

  restore:
    'make a data folder of a backup, after checking all of it. The device then joins again with a code before it writes',
  restoreBackup: 'the folder of the backup',
  restoreData: 'the data folder to make: a new or an empty one',
  onlyDevice: 'the site never had another device, also after the backup: then it goes on writing as it is',
  restoreDone: 'Restored {name} as of {made}: {ops} ops and {blobs} attachments.',
  restoreRejoin:
    'Run it where it reaches another device, so that it catches up; then join it again: tallydesk join CODE --data {data} --name NAME. What was on it alone is handed in for review.',
  restoreWrites: 'It goes on as it is: run it with --data {data}.',

  export:
    'write the whole site to one new file: every op with its signatures and the attachments that are here, for an audit or to be kept; with --csv its jobs as a table',
  exportFile: 'the file to write; it must not exist',
  exportCsv: 'jobs with their audit numbers as CSV, one line each',
  exportDone: 'Wrote {ops} ops and {attachments} attachments to {file}, {bytes} bytes. State {state_hash}.',
  exportCsvDone: 'Wrote {jobs} jobs to {file}.',

  audit:
    'open an archive that export wrote, and change nothing: checks every chain and signature, rebuilds the state and compares it with what was signed',
  auditFile: 'the archive',
  auditQuery: "ask it a question, as in: --query board '{}'",
  auditDone:
    '{file} is whole: {site_name}, {ops} ops of {members} members, {attachments} attachments; written by {name} at {made}.',
  auditState: 'State {hash}, rebuilt from the ops, as it was signed.',
  auditSince: 'It begins with the state of {since}: the history before is not in it.',

  recover:
    'make this device the authority of its site with the recovery key, when the authority is lost. Prints {"op", "actor", "before"} with --json',
  recoverKey: 'the recovery key that init printed; - reads it from standard input',
  recoverDone:
    'This device is the authority of its site now; every other device learns it as soon as it hears of it.',
  recoverRest: 'What the lost authority had said and never reached this device does not count any more.',
  recoverOld: 'Should the lost device be found, join it anew with a pairing code. Keep the recovery key.',
} as const

export type CliMessage = keyof typeof en
