import { useState } from 'preact/hooks'
import { html } from '../view/html.ts'

/** Asks for a token. It is sent once, never stands in an address and is not kept by the page. */
export function SignIn({ signIn }: { signIn: (token: string) => Promise<string | undefined> }) {
  const [fault, setFault] = useState<string | undefined>(undefined)
  const [isAsking, setAsking] = useState(false)
  const onSubmit = async (event: SubmitEvent) => {
    event.preventDefault()
    const token = new FormData(event.currentTarget as HTMLFormElement).get('token')
    setAsking(true)
    setFault(await signIn(String(token ?? '')))
    setAsking(false)
  }
  return html`<main class="alone">
    <h1>Sign in to Weir</h1>
    <p>Use the token of a tenant or an operator. Whoever runs Weir has put its hash into the tokens file.</p>
    <form onSubmit=${onSubmit}>
      <label for="token">Token</label>
      <input
        id="token"
        name="token"
        type="password"
        autocomplete="current-password"
        required
        spellcheck=${false}
        aria-describedby=${fault === undefined ? undefined : 'token-fault'}
        aria-invalid=${fault !== undefined}
      />
      ${fault !== undefined && html`<p id="token-fault" class="fault" role="alert">${sentence(fault)}</p>`}
      <button type="submit" class="main" disabled=${isAsking}>${isAsking ? 'Signing in …' : 'Sign in'}</button>
    </form>
    <p class="small">The session lasts twelve hours and ends when the token is revoked. Nothing of it stands in the address.</p>
  </main>`
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
