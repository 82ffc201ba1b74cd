#!/usr/bin/env node
/** The tallydesk command. */
import { runCommandLine } from './program.ts'
import { wordsFor } from './words.ts'

process.exitCode = await runCommandLine(process.argv.slice(2), wordsFor(process.env))
