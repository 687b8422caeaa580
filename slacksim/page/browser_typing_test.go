package page_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"alignbot/slacksim/page/browsertest"

	"github.com/chromedp/chromedp/kb"
)

func TestWhatIsTypedSurvivesWhatOthersDo(t *testing.T) {
	tab := browsertest.Open(t)
	sim, address := serve(t)
	startBot(t, sim)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	// A draft stays while messages arrive, and when one goes away and back.
	tab.Go(address + "/?as=alice&in=C0PAYMENTS")
	tab.Type("#compose", "Half a thou")
	if err := sim.Type(ctx, "bob", "payments", "Something else"); err != nil {
		t.Fatal(err)
	}
	tab.See(".message", "Something else")
	tab.Press("ght")
	tab.Until(`document.querySelector('#compose').value === 'Half a thought'`)
	tab.ClickText(".side-link", "general")
	tab.Until(`document.querySelector('#compose').placeholder === 'Message #general' && document.querySelector('#compose').value === ''`)
	tab.ClickText(".side-link", "payments")
	tab.Until(`document.querySelector('#compose').value === 'Half a thought'`)
	tab.Go(address + "/?as=alice&in=C0PAYMENTS")
	tab.Until(`document.querySelector('#compose').value === 'Half a thought'`)

	// A channel that is archived meanwhile takes nothing; the draft waits.
	tab.ClickText(".side-link", "growth")
	tab.Until(`document.querySelector('#compose').placeholder === 'Message #growth'`)
	tab.Type("#compose", "For later")
	if err := sim.Archive(ctx, "alice", "growth"); err != nil {
		t.Fatal(err)
	}
	tab.See(".blocked", "archived")
	if err := sim.Unarchive(ctx, "alice", "growth"); err != nil {
		t.Fatal(err)
	}
	tab.Until(`document.querySelector('#compose')?.value === 'For later'`)

	// A form keeps text and caret while the app redraws it.
	tab.ClickText(".side-link", "payments")
	tab.Until(`document.querySelector('#compose').placeholder === 'Message #payments'`)
	tab.Click(".composer [popovertarget]")
	tab.ClickText("#compose-shortcuts button", "Capture an idea")
	tab.See("#modal h2", "Capture an idea")
	tab.Type("#modal input.field", "abcdef")
	tab.Press(kb.ArrowLeft)
	tab.Press(kb.ArrowLeft)
	tab.Until(`document.activeElement.selectionStart === 4`)
	view, err := sim.Modals("alice")
	if err != nil || len(view) != 1 {
		t.Fatalf("the open forms are %v, %v", view, err)
	}
	hash := tab.Text(`document.querySelector('.modal-form').dataset.hash`)
	// The app redraws the form from outside, as it may at any time.
	tab.Text(`fetch('/do/use', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({as: 'alice', view: '` + view[0].ID + `', input: {block: 'help', action: 'live', type: 'button'}})}).then(() => 1)`)
	tab.Until(`document.querySelector('.modal-form').dataset.hash !== '` + hash + `'`)
	tab.Press("X")
	tab.Until(`document.activeElement.value === 'abcdXef' && document.activeElement.matches('#modal input.field')`)

	// A field takes what its limit allows, says so, and goes on saying so.
	tab.Text(`(() => { const f = document.activeElement; f.value = '💡'.repeat(160); f.dispatchEvent(new InputEvent('input', {bubbles: true})); return 1 })()`)
	tab.See("#modal .counter", "limit of 150")
	if err := sim.Wait(ctx, func() bool {
		open, err := sim.Modals("alice")
		return err == nil && len(open) == 1 && open[0].State["title"]["v"].Text == strings.Repeat("💡", 150)
	}); err != nil {
		t.Fatal(err)
	}
	tab.See("#modal .counter", "limit of 150")

	// Closing gives the focus back; the sim heard of it.
	tab.Press(kb.Escape)
	tab.Until(`!document.querySelector('#modal').open`)
	if open, err := sim.Modals("alice"); err != nil || len(open) != 0 {
		t.Errorf("after Escape the forms %v are open (%v)", open, err)
	}
	tab.NoFaults()
}

// A slow request does not overwrite what was chosen after it, and a form waits for
// all that was chosen in it before it is submitted.
func TestWhatWasChosenLastIsSubmitted(t *testing.T) {
	tab := browsertest.Open(t)
	sim, address := serve(t)
	startBot(t, sim)
	tab.Go(address + "/?as=alice&in=C0PAYMENTS")
	tab.Click(".composer [popovertarget]")
	tab.ClickText("#compose-shortcuts button", "Capture an idea")
	tab.See("#modal h2", "Capture an idea")
	tab.Type("#modal input.field", "Pay out faster")
	tab.Until(`document.querySelector('.modal-form [data-block=title] input').value === 'Pay out faster'`)
	// Typing a year chooses four dates. The first and the last are long on their way.
	tab.Text(`(() => {
		const send = window.fetch;
		window.fetch = async (address, request) => {
			if (address === '/do/use' && /"0002-12-21"|"2027-12-21"/.test(request.body)) await new Promise((done) => setTimeout(done, 500));
			return send(address, request);
		};
		return 1;
	})()`)
	tab.Type("#modal [data-block=due] input", "12212027")
	tab.ClickText("#modal .modal-foot .primary", "Capture")
	tab.See(".message", "Wanted by 2027-12-21")
	tab.Gone("#modal h2", "Capture an idea")
	tab.NoFaults()
}
