import 'unpoly/unpoly.es6.min.js'
import Alpine from '@alpinejs/csp'
import { startAccounts } from './accounts.js'
import { startBrush } from './brush.js'
import { startChoices } from './choices.js'
import { startClock } from './clock.js'
import { copyButton, dismissible } from './parts.js'
import { startHeartbeat } from './heartbeat.js'
import { startKeyboard } from './keyboard.js'
import { liveIndicator, startLive } from './live.js'
import { startForms } from './forms.js'
import { startSteps } from './steps.js'
import { startSuggestions } from './suggest.js'
import { pushPanel } from './push.js'
import { themeToggle } from './theme.js'
import { configureUnpoly } from './unpoly.js'

document.documentElement.dataset.enhanced = ''

configureUnpoly()
startClock()
startHeartbeat()
startLive()
startForms()
startAccounts()
startSuggestions()
startChoices()
startSteps()
startBrush()
startKeyboard()

Alpine.data('copyButton', copyButton)
Alpine.data('dismissible', dismissible)
Alpine.data('liveIndicator', liveIndicator)
Alpine.data('pushPanel', pushPanel)
Alpine.data('themeToggle', themeToggle)
Alpine.start()
