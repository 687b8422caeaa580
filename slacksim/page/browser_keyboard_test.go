package page_test

import (
	"testing"

	"alignbot/slacksim/page/browsertest"

	"github.com/chromedp/chromedp/kb"
)

func TestThePageIsUsedWithTheKeyboardAlone(t *testing.T) {
	tab := browsertest.Open(t)
	sim, address := serve(t)
	startBot(t, sim)
	chat(t, sim)
	tab.Go(address + "/?as=alice&in=C0PAYMENTS")
	tab.See(".message", "six days")
	tab.Until(`document.activeElement.id === 'compose'`)

	// Commands are chosen with the arrows; Enter takes one, Escape none.
	tab.Press("/")
	tab.See("#completions", "/align")
	tab.Press(kb.ArrowDown)
	tab.Until(`document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.innerText.startsWith('/idea')`)
	tab.Press(kb.Escape)
	tab.Until(`!document.querySelector('#completions').matches(':popover-open') && document.activeElement.value === '/'`)
	tab.Press("al")
	tab.Press(kb.Enter)
	tab.Until(`document.activeElement.value === '/align '`)
	tab.Press(kb.Enter)
	tab.See(".message.private", "captures an idea")

	// The newest message is before the composer; arrows go along, Tab goes to its buttons.
	tab.Press(kb.Tab, kb.ModifierShift)
	for range 6 {
		if tab.Text(`document.activeElement.matches('[data-message]')`) == "true" {
			break
		}
		tab.Press(kb.Tab, kb.ModifierShift)
	}
	tab.Until(`document.activeElement.matches('.message.private')`)
	tab.Press(kb.ArrowUp)
	tab.Until(`document.activeElement.dataset.author === 'Gina Guest'`)
	tab.Press(kb.Tab)
	tab.Until(`document.activeElement.dataset.do === 'pick-emoji'`)
	tab.Press(kb.Enter)
	tab.Until(`document.activeElement.dataset.emoji === '+1'`)
	tab.Press(kb.ArrowRight)
	tab.Press(kb.ArrowDown)
	tab.Until(`document.activeElement.dataset.emoji === 'pray'`)
	tab.Press(kb.Enter)
	tab.See(".reaction", "1")
	tab.Until(`document.activeElement.dataset.do === 'pick-emoji'`)

	// A message's shortcut opens a form with the message in it; Tab stays inside.
	tab.Press(kb.Tab)
	tab.Press(kb.Tab)
	tab.Until(`document.activeElement.dataset.do === 'message-menu'`)
	tab.Press(kb.Enter)
	tab.Until(`document.activeElement.innerText.includes('Capture as idea')`)
	tab.Shot("message-menu-light")
	tab.Press(kb.Enter)
	tab.See("#modal h2", "Capture an idea")
	tab.Until(`document.activeElement.value?.includes('PDF of all invoices')`)
	for range 30 {
		tab.Press(kb.Tab)
		if inside := tab.Text(`document.activeElement === document.body || Boolean(document.activeElement.closest('#modal'))`); inside != "true" {
			t.Fatalf("Tab left the form for %s", tab.Text(`document.activeElement.outerHTML`))
		}
	}
	tab.Press(kb.Escape)
	tab.Until(`!document.querySelector('#modal').open && document.activeElement !== document.body`)
	tab.NoFaults()
}
