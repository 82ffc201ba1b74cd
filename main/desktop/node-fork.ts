/** Runs the node as a utility process: a process of its own, with Node and without any window. */
import { utilityProcess } from 'electron'
import { parseNodeMessage, type ShellMessage } from './node-messages.ts'
import type { NodeEvents, NodeRun } from './node-supervisor.ts'

/** `program` is the built entry of the node's process. */
export function forkNode(program: string, args: readonly string[], events: NodeEvents): NodeRun {
  const child = utilityProcess.fork(program, [...args], { serviceName: 'Tallydesk node', stdio: 'inherit' })
  child.on('message', (value: unknown) => {
    const message = parseNodeMessage(value)
    if (message !== null) events.message(message)
  })
  child.on('exit', () => events.exit())
  return {
    askToStop() {
      child.postMessage({ type: 'stop' } satisfies ShellMessage)
    },
    kill() {
      child.kill()
    },
  }
}
