/**
 * Stands in for the `electron` module where its program cannot run: the built program of the desk runs on it in
 * plain Node. Windows are real Chromium pages, the utility process is a real process; menus, notices and the file
 * manager are recorded. Every class is checked against Electron's own types for what it offers.
 */
import type * as Electron from 'electron'
import './remote.ts'
import { app } from './app.ts'
import { BrowserWindow } from './browser-window.ts'
import { ipcMain } from './ipc.ts'
import { Menu, Tray } from './menu.ts'
import { Notification, shell } from './notification.ts'
import { session } from './session.ts'
import { utilityProcess } from './utility-process.ts'

export { app, BrowserWindow, ipcMain, Menu, Notification, session, shell, Tray, utilityProcess }

const offered = { app, BrowserWindow, ipcMain, Menu, Notification, session, shell, Tray, utilityProcess }
offered satisfies Partial<Record<keyof typeof Electron, unknown>>
