/** English: every error code with what went wrong (`message`) and what to do (`hint`). Keys are in alphabetical order. */
export const en = {
  'address-in-use': {
    message: 'The address {address} is already in use.',
    hint: 'Stop the program that uses it, or choose another port; port 0 picks a free one.',
  },
  'against-the-rules': {
    message: 'This cannot be done: {reason}',
    hint: 'Look at the record and who holds what, then try again.',
  },
  'already-authority': {
    message: 'This device is the authority of the site already.',
    hint: 'Nothing needs to be handed over.',
  },
  'already-closed': {
    message: 'This record is already closed.',
    hint: 'Ask for a reopening first, if it must change.',
  },
  'already-open': { message: 'This record is open.', hint: 'Only a closed record can be reopened.' },
  'already-requested': {
    message: 'A request for this is already waiting.',
    hint: 'Wait for its answer, or withdraw it first.',
  },
  'archive-damaged': {
    message: 'The archive {file} is not as it was written: {what}.',
    hint: 'Nothing of it is shown. Take another copy of it, or write it anew on a device of the site.',
  },
  'authority-itself': {
    message: 'The authority cannot be cut, demoted or told to give its rights back.',
    hint: 'Hand its role over first: Peers, Hand over.',
  },
  'backup-busy': {
    message: 'A backup is being written already.',
    hint: 'Wait until it is done.',
  },
  'backup-damaged': {
    message: 'The backup in {folder} is not whole: {what}.',
    hint: 'Nothing was restored. Use another backup, or join the site again with a code.',
  },
  'backup-inside': {
    message: 'The folder {folder} lies inside the data folder.',
    hint: 'Choose a folder on another disk: a backup beside what it saves is lost with it.',
  },
  'backup-of-another': {
    message: 'The folder {folder} holds the backup of another device, {name}.',
    hint: 'Choose a folder of its own for each device.',
  },
  'bad-csv': {
    message: 'The file cannot be read as CSV: {reason}.',
    hint: 'Save it as UTF-8 CSV with a header line, and import it again.',
  },
  'bad-field': {
    message: 'A {kind} has no field "{field}" that can be changed this way.',
    hint: 'See the table of fields in docs/commands.md.',
  },
  'bad-input': {
    message: 'The input of {command} is not valid: {path}: {reason}.',
    hint: 'See docs/commands.md for what {command} takes.',
  },
  'bad-item': {
    message: 'Item {item} of the parcel cannot be taken over: {reason}',
    hint: 'Leave it out, or dismiss it; the others can be taken over without it.',
  },
  'bad-json': {
    message: 'The input is not valid JSON: {reason}.',
    hint: 'Quote the whole JSON in single quotes in your shell.',
  },
  'bad-pairing-code': {
    message: 'This is not a pairing code.',
    hint: 'Copy the whole code, from its first to its last letter.',
  },
  'bad-parcel': {
    message: 'This is no parcel that can be handed in here: {reason}.',
    hint: 'Choose a file that "parcel.save" wrote on a device of this site.',
  },
  'bad-recovery-key': {
    message: 'This is not the recovery key of this site.',
    hint: 'Copy the whole key that "tallydesk init" printed once for this very site.',
  },
  'bad-utf8': { message: 'The text is not valid UTF-8.', hint: 'Save it as UTF-8 and try again.' },
  'bad-value': {
    message: 'The value does not fit the field "{field}": {reason}.',
    hint: 'See the table of fields in docs/commands.md.',
  },
  'cannot-close': {
    message: 'A {kind} is not closed.',
    hint: 'Only jobs, cases and incidents are closed.',
  },
  'cannot-sign': {
    message: 'A {kind} is not signed off.',
    hint: 'Only incidents are signed off.',
  },
  'connection-lost': {
    message: 'The connection to the node was lost before it answered.',
    hint: 'The desk reconnects by itself. Look whether the change is there before you repeat it.',
  },
  'control-unreachable': {
    message: 'The running node does not answer at {address}.',
    hint: 'Wait a moment and try again; if it stays so, stop the node (process {pid}) and start it again.',
  },
  'data-folder-in-use': {
    message: 'The data folder is in use by process {pid}.',
    hint: 'Use the running node, or stop process {pid} first.',
  },
  'data-folder-newer': {
    message: 'The data folder was written by a newer version (schema {found}; this version knows {known}).',
    hint: 'Install the newer version. Nothing was changed.',
  },
  'data-folder-not-durable': {
    message: 'The disk of the data folder cannot promise that what is saved stays saved ({reason}).',
    hint: 'Move the data folder to a local disk.',
  },
  'data-folder-taken': {
    message: 'The data folder already holds the site "{site}".',
    hint: 'Choose an empty folder for a new site, or run this one.',
  },
  'data-folder-unreadable': {
    message: 'The folder cannot be read or written: {reason}.',
    hint: 'Check that the folder exists, is not read-only, and that the disk is not full.',
  },
  'database-damaged': {
    message: 'The database is damaged: {reason}.',
    hint: 'Stop the program and run tallydesk doctor --repair: what can be read is kept, the rest comes from other devices.',
  },
  'database-lost': {
    message: 'Nothing of the database in {folder} can be read.',
    hint: 'The folder was left as it is. Restore a backup into a new folder, or join the site there with a code.',
  },
  'demo-failed': {
    message: 'The demo warehouse could not start: {reason}.',
    hint: 'Close other copies of Tallydesk and try again.',
  },
  'device-cut': {
    message: '{name} was removed from the site: {why}',
    hint: 'Choose another device.',
  },
  'device-halted': {
    message:
      'This device does not write any more ({cause}): its data is not all that it once wrote, or is in use elsewhere too.',
    hint: 'Ask for a new pairing code and join again with the same data folder. What was not sent yet is handed in for review.',
  },
  'disk-full': {
    message: 'The disk is full; nothing was saved.',
    hint: 'Free some space and try again.',
  },
  'file-exists': {
    message: 'There is a file at {file} already; it was left as it is.',
    hint: 'Choose another name, or move that file away.',
  },
  'file-unreadable': {
    message: 'The file {file} cannot be read: {reason}.',
    hint: 'Check its name and that you may read it.',
  },
  'folder-not-empty': {
    message: 'The folder {folder} is not empty.',
    hint: 'Choose an empty or a new folder. Nothing was changed.',
  },
  frozen: {
    message: 'The record is closed, so "{field}" cannot change.',
    hint: 'Notes stay open. To change more, ask for a reopening.',
  },
  'history-not-final': {
    message:
      'Some of the history that this device has let go is beneath no checkpoint of the present authority.',
    hint: 'Try again once the authority has published its next checkpoint.',
  },
  'holds-nothing': {
    message: 'This device holds nothing of this right.',
    hint: 'See who holds it under Authority, Rights.',
  },
  internal: {
    message: 'Something that should never happen did: {reason}.',
    hint: 'Nothing was saved. Please report this with the log of the node.',
  },
  'item-settled': {
    message: 'Item {item} of the parcel was taken over or dismissed already.',
    hint: 'Look at the parcel again and choose among what is open.',
  },
  'log-newer': {
    message: 'The log in this data folder was read by a newer version, which knows more of it than this one.',
    hint: 'Install the newer version. Nothing was changed.',
  },
  'needs-upgrade': {
    message:
      'This program is too old to write here: the site goes by version {rules} of its rules, and this program knows version {known}.',
    hint: 'Install the newer version of Tallydesk on this device. What is here stays, and is still passed on to others.',
  },
  'network-off': {
    message: 'This link is switched off on this device.',
    hint: 'Switch it on again first.',
  },
  'no-site': {
    message: 'The data folder holds no site yet.',
    hint: 'Create one with "tallydesk init", or join one with "tallydesk join".',
  },
  'no-such-conflict': {
    message: 'There is no conflict in "{field}" any more.',
    hint: 'Somebody settled it. Look at the list again.',
  },
  'not-adoptable': {
    message: 'This change cannot be adopted: {why}',
    hint: 'Dismiss it, and make the change anew where it is still wanted.',
  },
  'not-authority': {
    message: 'Only the authority of the site can do this.',
    hint: 'Do it on the device that holds the authority.',
  },
  'not-connected': {
    message: 'The desk is not connected to its node, so nothing was sent.',
    hint: 'It reconnects by itself. Try again in a moment.',
  },
  'not-enough': {
    message: 'This device holds {left} of {right}; that is not enough.',
    hint: 'Ask the authority for more, or take less.',
  },
  'not-found': {
    message: 'There is no {what} "{id}".',
    hint: 'Check the id; it may not have arrived here yet.',
  },
  'not-in-review': {
    message: 'This change is not in review: it counts.',
    hint: 'Nothing needs to be done.',
  },
  'not-member': {
    message: 'This device is not a member of the site (any more).',
    hint: 'Ask for a new pairing code.',
  },
  'not-only-device': {
    message: 'The site has {count} other devices.',
    hint: 'Restore without this option: the device then joins again with a code, so that it contradicts nothing they know.',
  },
  'not-permitted': {
    message: 'The role {role} may not do this.',
    hint: 'Ask a supervisor.',
  },
  'not-revocable': {
    message: 'This is no value that can be revoked.',
    hint: 'Name the dot of a value as the record shows it; a note is revoked by its making.',
  },
  'not-running': {
    message: 'No node is running on this data folder.',
    hint: 'Start one with "tallydesk run", and try again.',
  },
  'not-synced': {
    message: 'This device was admitted, but within {seconds} s the site did not reach it.',
    hint: 'Start it with "tallydesk run": it goes on as soon as it reaches the other device.',
  },
  'nothing-new': {
    message: 'Nothing is here that the last checkpoint does not hold.',
    hint: 'Publish the next one once something was changed.',
  },
  'pairing-expired': {
    message: 'The pairing code has expired.',
    hint: 'A code lasts ten minutes. Ask for a new one.',
  },
  'pairing-refused': {
    message: 'The pairing code was not accepted.',
    hint: 'Check every letter; after five wrong tries a new code is needed.',
  },
  'pairing-unreachable': {
    message: 'The inviting device does not answer at {address}.',
    hint: 'Both devices must be on the same network, and the inviting node must be running.',
  },
  'pairing-used': {
    message: 'The pairing code was used already.',
    hint: 'A code admits one device. Ask for a new one.',
  },
  'parcel-known': {
    message: 'This parcel was handed in before.',
    hint: 'Look for it in the review.',
  },
  'request-settled': {
    message: 'This request is no longer waiting.',
    hint: 'Look at the list of requests for its answer.',
  },
  'restore-unfinished': {
    message: 'A backup was being restored into {folder}, and that was cut off.',
    hint: 'Restore it again into the same folder.',
  },
  'rules-not-higher': {
    message: 'The site goes by version {version} of its rules already.',
    hint: 'A version of the rules is only ever raised.',
  },
  'rules-unknown': {
    message: 'This program knows the rules up to version {known}, and not version {version}.',
    hint: 'Install the newer version on this device first; then raise the rules.',
  },
  'setup-busy': {
    message: 'This device is being set up already.',
    hint: 'Wait until that is done.',
  },
  'sign-offs-missing': {
    message: 'Persons must sign this off first; {missing} more must.',
    hint: 'Each signs on a device of their own, after the last change.',
  },
  'site-mismatch': {
    message: 'That device belongs to another site.',
    hint: 'Devices of different sites share nothing. Check the address.',
  },
  'stale-choice': {
    message: 'The value chosen for "{field}" is not there any more.',
    hint: 'Look at the conflict again and choose anew. Nothing was changed.',
  },
  'storage-failed': {
    message: 'The disk fails: {reason}. Nothing was saved.',
    hint: 'What was saved before can still be read. Check the disk and its cables; make a backup to another one.',
  },
  timeout: { message: 'There was no answer within {seconds} s.', hint: 'Try again.' },
  'token-elsewhere': {
    message: 'This device may not decide for the zone of this record.',
    hint: 'The authority decides, or the device that holds the zone’s right.',
  },
  'token-out': {
    message: 'Deciding in this zone is given to another device.',
    hint: 'Take the right back first, or let that device decide.',
  },
  'token-passed': {
    message: 'The right to decide passes only between the authority and a device.',
    hint: 'Give it back to the authority, which gives it to the next.',
  },
  'too-large': {
    message: 'The input is too large ({size} bytes; at most {limit}).',
    hint: 'Split it into smaller parts.',
  },
  'too-many': {
    message: 'Too many {what} (at most {limit}).',
    hint: 'Let some go first.',
  },
  'too-many-branches': {
    message: 'Copied devices have left more branches here than one change can name.',
    hint: 'Do something else at the authority first, such as a change of a job; each change names more of them. Then publish again.',
  },
  unauthorised: {
    message: 'The control token is missing or wrong.',
    hint: 'Open the desk from the line that "tallydesk run" or "npm start" printed.',
  },
  'unknown-command': { message: 'There is no command "{name}".', hint: 'See docs/commands.md.' },
  'unknown-query': { message: 'There is no query "{name}".', hint: 'See docs/commands.md.' },
  'unknown-right': {
    message: 'There is no right named "{right}".',
    hint: 'Rights are job-number, audit-number, enrol, stock:ITEM and decide:close:ZONE.',
  },
  usage: { message: '{reason}', hint: 'Add --help to see how it is used.' },
} as const satisfies Readonly<Record<string, { readonly message: string; readonly hint: string }>>

export type ErrorCode = keyof typeof en
