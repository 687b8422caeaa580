package page_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"alignbot/slacksim"
	"alignbot/slacksim/page"
	"alignbot/slacksim/page/browsertest"

	"github.com/chromedp/chromedp/kb"
)

// serveSlowly is serve where nothing of #payments comes before arrive is
// called.
func serveSlowly(t *testing.T) (sim *slacksim.Sim, address string, arrive func()) {
	t.Helper()
	sim, err := slacksim.New(slacksim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	let := make(chan struct{})
	handler := page.Handler(sim)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/live" && r.URL.Query().Get("in") == "C0PAYMENTS" {
			select {
			case <-let:
			case <-r.Context().Done():
				return
			}
		}
		handler.ServeHTTP(w, r)
	}))
	server.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	server.Start()
	t.Cleanup(func() {
		stop()
		server.Close()
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	return sim, server.URL, func() { close(let) }
}

// texts are the messages of people in a channel.
func texts(t *testing.T, sim *slacksim.Sim, channel string) []string {
	t.Helper()
	view, err := sim.ChannelView("alice", channel, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range view.Messages {
		out = append(out, m.Text)
	}
	return out
}

func TestKeysAfterAClickBelongToTheNewPlace(t *testing.T) {
	tab := browsertest.Open(t)
	sim, address, arrive := serveSlowly(t)
	tab.Go(address + "/?as=alice&in=C0GENERAL")
	tab.Type("#compose", "For all of us")

	// Nothing of #payments is here yet, but one writes to it.
	tab.ClickText(".side-link", "payments")
	tab.Press("/who")
	tab.Until(`document.activeElement.id === 'compose' && document.activeElement.value === '/who'`)
	tab.Until(`document.querySelector('.side-link[aria-current]').innerText.includes('payments')`)
	tab.Press(kb.Escape)
	tab.Press(kb.Backspace + kb.Backspace + kb.Backspace + kb.Backspace)
	tab.Press("Between us")
	tab.Press(kb.Enter)
	if err := sim.Wait(t.Context(), func() bool { return slices.Equal(texts(t, sim, "payments"), []string{"Between us"}) }); err != nil {
		t.Fatal(err)
	}
	tab.Press("and a half")
	arrive()
	tab.See(".message", "Between us")
	tab.Press(" more")
	tab.Until(`document.activeElement.value === 'and a half more' && document.activeElement.placeholder === 'Message #payments'`)
	if said := texts(t, sim, "general"); len(said) != 0 {
		t.Errorf("in #general was said %q", said)
	}

	// The draft of the place before waits there; somebody else has drafts of their own.
	tab.ClickText(".side-link", "general")
	tab.Until(`document.querySelector('#compose').value === 'For all of us'`)
	tab.Click(".person-switch")
	tab.ClickText("#people-menu a", "Bob Brandt")
	tab.Until(`document.querySelector('#compose').value === ''`)
	tab.Press("Bob's")
	tab.See(".person-switch", "Bob Brandt")
	tab.Until(`document.querySelector('#compose').value === "Bob's"`)

	// In the app's home there is nothing to write to.
	tab.ClickText(".side-link", "alignbot")
	tab.Until(`!document.querySelector('#compose') || document.querySelector('#compose').readOnly`)
	tab.NoFaults()
}

// say posts a message of the app's.
func say(t *testing.T, sim *slacksim.Sim, channel, text string) {
	t.Helper()
	form := url.Values{"token": {sim.BotToken()}, "channel": {channel}, "text": {text}}
	response, err := http.PostForm(sim.APIURL()+"chat.postMessage", form)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
}

func TestLinksIntoSlackStayOnThePage(t *testing.T) {
	tab := browsertest.Open(t)
	sim, address := serve(t)
	startBot(t, sim)
	if err := sim.Type(context.Background(), "bob", "payments", "The first of many"); err != nil {
		t.Fatal(err)
	}
	first, err := sim.ChannelView("bob", "payments", 1)
	if err != nil {
		t.Fatal(err)
	}
	ts := first.Messages[0].TS
	link := sim.URL() + "/archives/C0PAYMENTS/p" + strings.Replace(ts, ".", "", 1)
	fill(t, sim, "payments")
	fill(t, sim, "payments") // more than a page shows at first
	if err := sim.Reply(context.Background(), "carol", "payments", ts, "A reply to it"); err != nil {
		t.Fatal(err)
	}
	said, err := sim.ChannelView("bob", "payments", 1000)
	if err != nil {
		t.Fatal(err)
	}
	reply := sim.URL() + "/archives/C0PAYMENTS/p" + strings.Replace(said.Messages[0].Replies[0].TS, ".", "", 1) + "?thread_ts=" + ts + "&cid=C0PAYMENTS"
	say(t, sim, "C0GENERAL", "See <"+link+"|the message>, <"+reply+"|the reply>, <"+strings.Replace(link, "p1", "p2", 1)+"|a deleted one> or <slack://app?team=T0ACME&id=A0ALIGN&tab=home|my Home tab>")

	// A permalink leads to its message, in the middle and highlighted, for who acts.
	tab.Go(address + "/?as=bob&in=C0GENERAL")
	tab.ClickText(".message a", "the message")
	tab.See(".message:target", "The first of many")
	tab.See(".person-switch", "Bob Brandt")
	const inView = `(() => { const m = document.querySelector('.message:target').getBoundingClientRect(), f = document.querySelector('#feed').getBoundingClientRect(); return m.top >= f.top && m.bottom <= f.bottom })()`
	tab.Until(inView)
	tab.Shot("permalink-light")
	if err := sim.Type(context.Background(), "carol", "payments", "Meanwhile"); err != nil {
		t.Fatal(err)
	}
	tab.Until(offered + " && " + inView)

	// So does one to a reply, in its thread.
	tab.Go(address + "/?as=bob&in=C0GENERAL")
	tab.ClickText(".message a", "the reply")
	tab.See(".thread .message:target", "A reply to it")

	// One that leads nowhere says so.
	tab.Go(address + "/?as=bob&in=C0GENERAL")
	tab.ClickText(".message a", "a deleted one")
	tab.See("#toasts", "cannot be seen here")
	tab.Shot("permalink-gone-light")

	// The app's Home opens as the one who acts.
	tab.Go(address + "/?as=bob&in=C0GENERAL")
	tab.ClickText(".message a", "my Home tab")
	tab.See(".home", "What waits for you")
	tab.See(".person-switch", "Bob Brandt")
	tab.NoFaults()
}

func TestAnAppThatIsOnlyRead(t *testing.T) {
	tab := browsertest.Open(t)
	sim, address := serve(t)
	startBot(t, sim)
	if err := sim.UpdateApp(context.Background(), func(a *slacksim.App) { a.ReadOnlyChat = true }); err != nil {
		t.Fatal(err)
	}
	tab.Go(address + "/?as=bob&in=app")
	say(t, sim, "U0BOB", "Your idea was read")
	tab.Until(`document.querySelector('.side-link[aria-current] .dot') && document.querySelector('.tab .dot')`)
	tab.See(".home", "What waits for you")
	tab.Shot("app-unread-light")

	tab.ClickText(".tab", "Messages")
	tab.See(".message", "Your idea was read")
	tab.See(".blocked", "Sending messages to this app has been turned off.")
	tab.Until(`!document.querySelector('#compose') && !document.querySelector('.dot')`)
	say(t, sim, "U0BOB", "And liked")
	tab.See(".message", "And liked")
	tab.Until(`!document.querySelector('.dot')`)
	tab.Shot("app-read-only-light")
	tab.NoFaults()
}
