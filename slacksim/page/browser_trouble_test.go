package page_test

import (
	"testing"

	"alignbot/slacksim/page/browsertest"

	"github.com/chromedp/chromedp/kb"
)

func TestTroubleIsShownWhereItHappened(t *testing.T) {
	tab := browsertest.Open(t)
	sim, address, endPage := serveUntil(t)

	// No app: Slackbot says so to the one who asked.
	tab.Go(address + "/?as=alice&in=C0PAYMENTS")
	tab.Type("#compose", "/idea")
	tab.Press(kb.Enter)
	tab.See(".message.private", "/idea failed")
	tab.Click(".message.private .body")
	tab.Click(".message.private [data-do=dismiss]")
	tab.Gone(".message", "/idea failed")

	// An app that goes away: the form stays with all that is in it.
	endBot := startBot(t, sim)
	tab.Type("#compose", "/idea Show the refund date")
	tab.Press(kb.Enter)
	tab.See("#modal h2", "Capture an idea")
	tab.Click("#modal .primary")
	tab.See(".message", "Show the refund date")
	tab.Type("#compose", "/idea Ask before cancelling")
	tab.Press(kb.Enter)
	tab.Until(`document.querySelector('#modal[open] input.field')?.value === 'Ask before cancelling'`)
	endBot()
	tab.Type("#modal textarea", "Nobody knows why they leave.")
	tab.Click("#modal .primary")
	tab.See(".modal-trouble", "trouble")
	tab.Until(`document.querySelector('#modal textarea').value === 'Nobody knows why they leave.'`)
	tab.Shot("trouble-light")
	tab.Click("#modal [data-do=close-all]")
	tab.Until(`!document.querySelector('#modal').open`)
	tab.ClickText(".message .button", "Why is it waiting?")
	tab.Until(`document.querySelector('.message .warning')?.checkVisibility()`)

	// The clock can be moved.
	tab.Click("#clock summary")
	tab.ClickText("#clock .button", "+1 day")
	tab.See("#clock", "1 d ahead of real time")
	tab.Until(`document.querySelector('#clock').open`)
	tab.ClickText("#clock .button", "Next workday, 09:30")
	tab.See("#clock", "09:30")

	// A server that is gone is told of, and the text comes back.
	tab.NoFaults()
	tab.Type("#compose", "Is anybody there?")
	endPage()
	tab.Press(kb.Enter)
	tab.See("#toasts", "does not answer")
	tab.Until(`document.querySelector('#compose').value === 'Is anybody there?'`)
	tab.Until(`document.body.classList.contains('disconnected')`)
	tab.Shot("disconnected-light")
}
