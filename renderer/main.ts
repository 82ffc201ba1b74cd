/** Starts the desk in its page. */
import { mount } from 'svelte'
import App from './app/App.svelte'
import './ui/tokens.css'
import './ui/base.css'
import './ui/overlay.css'

const target = document.getElementById('desk')
if (!target) throw new Error('the page has no place for the desk')
mount(App, { target })
