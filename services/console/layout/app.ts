import { useEffect } from 'preact/hooks'
import { ConsoleContext } from '../state/console-state.ts'
import { useLive } from '../state/live.ts'
import { mayRead } from '../state/may-read.ts'
import { usePlace } from '../state/navigation.ts'
import { useSession } from '../state/session.ts'
import { useTheme } from '../state/theme.ts'
import { html } from '../view/html.ts'
import { pageOf, pages } from './pages.ts'
import { Rail } from './rail.ts'
import { SignIn } from './sign-in.ts'
import { TopBar } from './top-bar.ts'

/** The whole console. */
export function App() {
  const place = usePlace()
  const session = useSession()
  const look = useTheme()
  const { reader } = session
  const live = useLive(reader !== null && reader !== undefined)
  const page = pageOf(place.page, reader)
  useTitle(place.item === '' ? (page?.title ?? 'Not found') : `${place.item} · ${page?.title}`)
  if (session.fault !== undefined) return html`<main class="alone"><h1>Weir cannot be reached</h1><p>${session.fault}</p></main>`
  if (reader === undefined) return html`<p class="starting" role="status">Weir is loading …</p>`
  if (reader === null) return html`<${SignIn} signIn=${session.signIn} />`
  const state = { place, reader, nowMs: session.nowMs, settledMs: live.settledMs, round: live.round, isDark: look.isDark }
  const isYours = page !== undefined && mayRead(reader, page.path)
  return html`<${ConsoleContext.Provider} value=${state}>
    <a class="skip" href="#page">Skip to the page</a>
    <div class="frame">
      <${Rail} pages=${pages.filter(one => mayRead(reader, one.path))} />
      <div class="beside">
        <${TopBar} live=${live} look=${look} signOut=${session.signOut} />
        <main id="page" tabindex="-1" key=${`${place.page}/${place.item}`}>
          ${isYours ? html`<${page.view} />` : html`<${Missing} isKnown=${page !== undefined} />`}
        </main>
      </div>
    </div>
  </${ConsoleContext.Provider}>`
}

function Missing({ isKnown }: { isKnown: boolean }) {
  return html`<header class="page-head">
      <h1>${isKnown ? 'This page is not yours to read' : 'There is no such page'}</h1>
      <p>${isKnown ? 'It tells of more than your token reads.' : 'The address may be mistyped or of another version.'}</p>
    </header>
    <p><a href="/console">Go to the overview</a></p>`
}

/** Names the page in the tab and to screen readers, which are taken to its top. */
function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Weir`
  }, [title])
}
