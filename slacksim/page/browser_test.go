package page_test

import (
	"context"
	"testing"

	"alignbot/slacksim"
	"alignbot/slacksim/page/browsertest"

	"github.com/chromedp/chromedp/kb"
)

// chat makes a conversation to look at.
func chat(t *testing.T, sim *slacksim.Sim) {
	t.Helper()
	ctx := context.Background()
	for _, line := range []struct{ who, text string }{
		{"alice", "Good morning! Refunds took *six days* on average last week."},
		{"bob", "Ouch. Most tickets ask where the money is :thinking_face:"},
		{"bob", "Three of them cancelled, see https://example.com/tickets"},
		{"carol", "Could we show the date in the app? @bob had a sketch."},
		{"gina", "Our accountants would love a PDF of all invoices, by the way."},
	} {
		if err := sim.Type(ctx, line.who, "payments", line.text); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAPersonUsesThePage(t *testing.T) {
	tab := browsertest.Open(t)
	sim, url := serve(t)
	startBot(t, sim)
	chat(t, sim)

	tab.Go(url)
	tab.See(".stand-in", "not Slack")
	tab.ClickText(".side-link", "payments")
	tab.See(".message", "six days")

	// A command is completed, and opens a form.
	tab.Type("#compose", "/id")
	tab.See("#completions", "Capture an idea")
	tab.Shot("completion-light")
	tab.Press(kb.Tab)
	tab.Press(kb.Enter)
	tab.See("#modal h2", "Capture an idea")
	tab.Until(`document.activeElement === document.querySelector('#modal input.field')`)

	// A fault is shown by its field, and what was typed stays.
	tab.Press("Pay")
	tab.Click("#modal .primary")
	tab.See(".field-error", "A few more words")
	tab.Until(`document.activeElement.getAttribute('aria-invalid') === 'true' && document.activeElement.value === 'Pay'`)
	tab.Press(kb.End)
	tab.Press(" out refunds within a day")
	tab.Type("#modal textarea", "Customers wait six days and call us.")
	tab.ClickText("#modal .choice", "Weeks")

	// Menus are searched, those of the app as well.
	tab.Type(`#modal [data-block=owners] .select-input`, "bo")
	tab.See("#modal [role=option]", "Bob Brandt")
	tab.Press(kb.Enter)
	tab.See(`#modal [data-block=owners] .chip`, "Bob Brandt")
	tab.Type(`#modal [data-block=outcome] .select-input`, "speed")
	tab.See("#modal [role=option]", "Fewer refunds about speed")
	tab.Shot("select-light")
	tab.Press(kb.ArrowDown)
	tab.Press(kb.Enter)
	tab.Until(`document.querySelector('[data-block=outcome] .select-input').value.startsWith('Fewer refunds')`)

	// A second form lies on the first, which is as it was afterwards.
	tab.ClickText("#modal .button", "What is an outcome?")
	tab.See("#modal h2", "What is an outcome?")
	tab.Press(kb.Escape)
	tab.See("#modal h2", "Capture an idea")
	tab.Until(`document.querySelector('#modal textarea').value === 'Customers wait six days and call us.'`)
	tab.Shot("modal-light")
	tab.Dark(true)
	tab.Shot("modal-dark")
	tab.Size(390, 844)
	tab.Shot("modal-phone-dark")
	tab.Dark(false)
	tab.Shot("modal-phone-light")
	tab.Size(1280, 800)
	tab.ClickText("#modal .button", "Capture")
	tab.See(".message", "PAY-1 Pay out refunds within a day")
	tab.Until(`!document.querySelector('#modal').open && document.activeElement.id === 'compose'`)

	// Buttons answer: privately, or after a question.
	tab.ClickText(".button", "Why is it waiting?")
	tab.See(".message.private", "Only visible to you")
	tab.Shot("channel-light")
	tab.Dark(true)
	tab.Shot("channel-dark")
	tab.Dark(false)
	tab.ClickText(".button", "Park")
	tab.See("#confirm", "Park this idea?")
	tab.Shot("confirm-light")
	tab.ClickText("#confirm .button", "Keep")
	tab.Until(`!document.querySelector('#confirm').open`)
	tab.See(".message", "captured")

	// Somebody else sees the card, but not the private line, and reacts.
	tab.Click(".person-switch")
	tab.See("#people-menu", "guest")
	tab.Shot("people-light")
	tab.ClickText("#people-menu a", "Bob Brandt")
	tab.See(".person-switch", "Bob Brandt")
	tab.See(".message", "PAY-1")
	tab.Gone(".message", "Only visible to you")
	tab.Click(".message:has(.fields)")
	tab.Click(".message:has(.fields) [data-do=pick-emoji]")
	tab.Click("#emoji-menu [data-emoji=tada]")
	tab.See(".reaction", "🎉")

	// A thread.
	tab.Click(".message:has(.fields) [data-do=reply]")
	tab.See(".thread", "Thread")
	tab.Until(`document.activeElement.id === 'compose-reply'`)
	tab.Press("I have numbers for this.")
	tab.Press(kb.Enter)
	tab.See(".thread .message", "I have numbers")
	tab.See(".thread-link", "1 reply")
	tab.Shot("thread-light")
	tab.Dark(true)
	tab.Shot("thread-dark")
	tab.Dark(false)
	tab.Size(390, 844)
	tab.Shot("thread-phone-light")
	tab.Click("[data-do=close-thread]")
	tab.Shot("channel-phone-light")
	tab.Dark(true)
	tab.Shot("channel-phone-dark")
	tab.Click(".menu-button")
	tab.See(".sidebar", "Channels")
	tab.Until(`document.querySelector('.sidebar').getBoundingClientRect().x === 0`)
	tab.Shot("sidebar-phone-dark")
	tab.ClickText(".side-link", "alignbot")
	tab.Size(1280, 800)
	tab.Dark(false)

	// The app's home.
	tab.See(".home", "What waits for you")
	tab.Shot("home-light")
	tab.Dark(true)
	tab.Shot("home-dark")
	tab.NoFaults()
}
