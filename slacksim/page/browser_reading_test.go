package page_test

import (
	"context"
	"fmt"
	"testing"

	"alignbot/slacksim"
	"alignbot/slacksim/page/browsertest"

	"github.com/chromedp/chromedp/kb"
)

// What a list of messages shows, in JavaScript.
const (
	feedAtEnd   = `(() => { const f = document.querySelector('#feed'); return f.scrollHeight - f.scrollTop - f.clientHeight < 2 && f.scrollHeight > f.clientHeight + 200 })()`
	feedAtStart = `document.querySelector('#feed').scrollTop === 0`
	scrollUp    = `(() => { document.querySelector('#feed').scrollTop = 0; return 1 })()`
	offered     = `!document.querySelector('.main .below button').hidden`
)

// fill writes enough that the conversation has to be scrolled.
func fill(t *testing.T, sim *slacksim.Sim, channel string) {
	t.Helper()
	for i := range 60 {
		if err := sim.Type(context.Background(), "alice", channel, fmt.Sprintf("Line %d of what was said before", i+1)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOnesOwnWordsAreSeenAndOthersAreOffered(t *testing.T) {
	tab := browsertest.Open(t)
	sim, address := serve(t)
	startBot(t, sim)
	fill(t, sim, "payments")
	tab.Go(address + "/?as=alice&in=C0PAYMENTS")
	tab.Until(feedAtEnd)

	// What others write while one reads further up is offered.
	tab.Text(scrollUp)
	if err := sim.Type(context.Background(), "bob", "payments", "Something new"); err != nil {
		t.Fatal(err)
	}
	tab.See(".below button", "New messages below")
	tab.Until(feedAtStart)
	tab.Shot("new-below-light")
	tab.Dark(true)
	tab.Shot("new-below-dark")
	tab.Dark(false)
	tab.Click(".below button")
	tab.Until(feedAtEnd + " && !(" + offered + ")")

	// A reaction moves nothing and offers nothing; scrolling down by hand takes the offer away.
	tab.Text(scrollUp)
	view, err := sim.ChannelView("alice", "payments", 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.React(context.Background(), "bob", "payments", view.Messages[0].TS, "eyes"); err != nil {
		t.Fatal(err)
	}
	tab.Until(`document.querySelector('.reaction')`)
	tab.Until(feedAtStart + " && !(" + offered + ")")
	if err := sim.Type(context.Background(), "bob", "payments", "And one more"); err != nil {
		t.Fatal(err)
	}
	tab.Until(offered)
	tab.Text(`(() => { const f = document.querySelector('#feed'); f.scrollTop = f.scrollHeight; return 1 })()`)
	tab.Until("!(" + offered + ")")

	// One's own words, and the answer to one's own command, are seen at once.
	tab.Text(scrollUp)
	tab.Type("#compose", "My own words")
	tab.Press(kb.Enter)
	tab.See(".message", "My own words")
	tab.Until(feedAtEnd + " && !(" + offered + ")")
	tab.Text(scrollUp)
	tab.Type("#compose", "/align")
	tab.Press(kb.Escape)
	tab.Press(kb.Enter)
	tab.See(".message.private", "captures an idea")
	tab.Until(feedAtEnd)

	// The same in a thread.
	tab.Click(".message:not(.private) .body")
	for i := range 40 {
		if err := sim.Reply(context.Background(), "bob", "payments", view.Messages[0].TS, fmt.Sprintf("Reply %d", i+1)); err != nil {
			t.Fatal(err)
		}
	}
	tab.Click(".thread-link")
	const thread = `document.querySelector('.thread-feed')`
	const threadAtEnd = thread + `.scrollHeight - ` + thread + `.scrollTop - ` + thread + `.clientHeight < 2`
	tab.See(".thread .message", "Reply 40")
	tab.Until(threadAtEnd)
	tab.Text(`(() => { ` + thread + `.scrollTop = 0; return 1 })()`)
	if err := sim.Reply(context.Background(), "bob", "payments", view.Messages[0].TS, "Reply 41"); err != nil {
		t.Fatal(err)
	}
	tab.See(".thread .below button", "New messages below")
	tab.Shot("new-below-thread")
	tab.Type("#compose-reply", "Mine")
	tab.Press(kb.Enter)
	tab.See(".thread .message", "Mine")
	tab.Until(threadAtEnd + ` && document.querySelector('.thread .below button').hidden`)
	tab.NoFaults()
}

func TestTheEndStaysInViewWhenTheWindowChanges(t *testing.T) {
	tab := browsertest.Open(t)
	sim, address := serve(t)
	fill(t, sim, "payments")
	tab.Go(address + "/?as=alice&in=C0PAYMENTS")
	tab.Until(feedAtEnd)
	for _, size := range [][2]int{{1280, 500}, {1280, 900}, {390, 844}, {390, 420}, {820, 600}} {
		tab.Size(size[0], size[1])
		tab.Until(fmt.Sprintf(`innerHeight === %d && %s`, size[1], feedAtEnd))
	}

	// A draft that grows takes its room from above.
	tab.Click("#compose")
	for range 6 {
		tab.Press(kb.Enter, kb.ModifierShift)
	}
	tab.Until(`document.querySelector('#compose').offsetHeight > 120 && ` + feedAtEnd)

	// Who reads further up stays there.
	tab.Text(`(() => { document.querySelector('#feed').scrollTop = 300; return 1 })()`)
	tab.Size(820, 500)
	tab.Until(`innerHeight === 500 && document.querySelector('#feed').scrollTop === 300`)
	tab.Until(`!(` + offered + `)`)
	tab.NoFaults()
}
