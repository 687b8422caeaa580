package bot

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"alignbot/commands"
	"alignbot/slacksim"
)

func TestACommandIsAnsweredInItsAcknowledgement(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.ready()
	alice := w.Person("alice").In("payments")
	alice.Types("/align say hello")
	alice.Sees("You said hello")
	if n := len(w.Ledger().Entries(func(e slacksim.Entry) bool { return e.Kind == slacksim.KindResponse })); n != 0 {
		t.Errorf("%d response URLs were used, want none", n)
	}
}

func TestEveryKindOfReplyReachesThePerson(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.ready()
	alice := w.Person("alice").In("payments")

	t.Run("a button's answer is private and beside its message", func(t *testing.T) {
		alice.Types("/align buttons")
		alice.Clicks("Press")
		alice.Sees("It was pressed", "Choose")
	})
	t.Run("a message is replaced", func(t *testing.T) {
		alice.Clicks("Replace")
		alice.Sees("Replaced")
		alice.DoesNotSee("Choose")
	})
	t.Run("a form opens from a command, marks its fields, and closes", func(t *testing.T) {
		alice.Types("/align form")
		alice.SeesModal("A form")
		alice.Fills("Words", "wrong")
		alice.Submits()
		alice.SeesFieldError("Words", "Not that.")
		alice.Fills("Words", "right")
		alice.Submits()
		alice.SeesNoModal()
		alice.Sees("Got right")
	})
	t.Run("a form opens from a button", func(t *testing.T) {
		alice.Types("/align buttons")
		alice.Clicks("Open")
		alice.SeesModal("A form")
		alice.Clicks("Press") // within the form
		alice.CancelsModal()
		alice.Sees("It was pressed")
	})
	t.Run("the form below is redrawn, and keeps what is typed in it", func(t *testing.T) {
		alice.Types("/align form")
		alice.Fills("Words", "half a word")
		alice.Clicks("On top")
		alice.SeesModal("A form").Has("Words", "")
		alice.Fills("Words", "on top")
		alice.Submits()
		alice.Sees("Above was on top")
		alice.SeesModal("A form").Has("Words", "half a word")
		alice.CancelsModal()
	})
	t.Run("Home is drawn", func(t *testing.T) {
		alice.OpensHome()
		w.Until("Home is published", func() bool { return len(w.calls("views.publish")) > 0 })
	})
	t.Run("a closed form and a menu's question are answered", func(t *testing.T) {
		alice.In("payments").Types("/align setup")
		alice.SeesModal("Set up a team")
		alice.Chooses("Time zone", "Europe/Lisbon")
		alice.CancelsModal()
	})
	if bad := w.badAcks(); len(bad) > 0 {
		t.Errorf("acknowledgements without effect: %+v", bad)
	}
}

// What takes its time does not keep the acknowledgement waiting, and what fails
// there costs nothing else.
func TestTheRestOfAReplyFollowsTheAcknowledgement(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready()
	alice := w.Person("alice").In("general")
	alice.Types("/align after panic")
	alice.Types("/align after all")
	w.eventually("both are acknowledged", func() bool { return count(t, b, "alignbot_envelopes_total", outcomeDone) == 2 })
	alice.DoesNotSee("After it: all")
	close(w.held)
	alice.Sees("After it: all")
	alice.Types("/align say hello")
	alice.Sees("You said hello")
}

// A window that opens at once is redrawn with what took its time.
func TestAWindowIsFilledAfterwards(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.ready()
	alice := w.Person("alice").In("general")
	alice.Types("/align window")
	alice.Sees("Wait for it")
	close(w.held)
	alice.Sees("Here it is")
	alice.DoesNotSee("Wait for it")
}

func TestWhatGoesWrongIsSaid(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.ready()
	alice := w.Person("alice").In("payments")

	alice.Types("/align panic")
	alice.Sees("Something went wrong on my side")
	alice.Types("/align fail")
	alice.DoesNotSee("secret inner workings")
	alice.Types("/align buttons")
	alice.Clicks("Panic")
	w.Until("the button's trouble is told too", func() bool {
		return len(w.Ledger().Entries(func(e slacksim.Entry) bool { return e.Kind == slacksim.KindResponse && e.Error == "" })) == 1
	})
	alice.Types("/align say still here") // the process lives on
	alice.Sees("You said still here")

	alice.Types("/align oddform")
	alice.SeesModal("A form")
	alice.Fills("Words", "long thoughts")
	alice.Submits()
	alice.SeesFieldError("Words", "another version of alignbot")
	alice.SeesModal("A form").Has("Words", "long thoughts")
	alice.CancelsModal()
}

func TestAnAnswerWhoseSocketIsCutGoesAnotherWay(t *testing.T) {
	w := newWorld(t, slacksim.Options{AckTimeout: 500 * time.Millisecond})
	w.ready()
	alice := w.Person("alice").In("payments")
	var typing sync.WaitGroup
	typing.Go(func() {
		if err := w.Type(t.Context(), "alice", "payments", "/align hold me"); err != nil {
			t.Error(err)
		}
	})
	<-w.holding
	w.CutSockets()
	typing.Wait() // Slack has given up on the command
	close(w.held)
	alice.Sees("held me")
}

// One answer is enough: what was said another way is not said again in the
// acknowledgement of the same command delivered again.
func TestAnAnswerThatWentAnotherWayIsNotRepeated(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready()
	b.fleet.mu.Lock()
	var open *socket
	for s := range b.fleet.open {
		open = s
	}
	b.fleet.mu.Unlock()
	closing := &socket{idle: make(chan struct{}, 1)}
	closing.closing.Store(true)
	for n, s := range []*socket{closing, open} {
		s.pending.Add(1)
		b.take(delivery{at: time.Now(), socket: s, frame: []byte(`{"envelope_id":"twice","type":"slash_commands","payload":{
			"team_id":"T0ACME","user_id":"U0ALICE","channel_id":"C0PAYMENTS","channel_name":"payments","command":"/align","text":"say once","trigger_id":"1.2.3"}}`)})
		w.eventually("it is answered, and once only", func() bool { return len(w.calls("chat.postEphemeral")) == 1 })
		w.eventually("it is acknowledged", func() bool { return n == 0 || len(w.badAcks()) == 1 }) // the local Slack never sent it
	}
	if ack := w.badAcks()[0]; len(ack.Payload) > 0 || w.times("say once") != 1 {
		t.Errorf("done %d times, acknowledged with %s", w.times("say once"), ack.Payload)
	}
}

func TestAnAnswerInHomeIsShownOverIt(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.ready(func(_ *Settings, p *Parts) {
		for i := range p.Entries {
			if p.Entries[i].On == commands.HomeOpened {
				p.Entries[i].Do = func(context.Context, *commands.App, *commands.Request) (commands.Reply, error) {
					return commands.Reply{Home: &slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{button("test.press", "Press")}}}}, nil
				}
			}
		}
	})
	alice := w.Person("alice")
	alice.OpensHome()
	alice.Clicks("Press")
	alice.SeesModal("alignbot").Says("It was pressed")
	if n := len(w.calls("chat.postMessage")); n > 0 {
		t.Errorf("%d direct messages were sent for a click in Home", n)
	}
}

func TestAButtonNobodyKnowsIsExplained(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.ready()
	alice := w.Person("alice").In("payments")
	alice.Types("/align oldbutton")
	alice.Clicks("Old")
	alice.Sees("from another version of alignbot")
}

func TestAnAnswerTooLargeForAnAcknowledgementGoesAnotherWay(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.ready()
	alice := w.Person("alice").In("payments")
	alice.Types("/align huge")
	alice.Sees(longText())
}

func TestAFormThatSlackDoesNotOpenIsExplained(t *testing.T) {
	for _, try := range []struct {
		fault slacksim.Effect
		sees  string
	}{
		{slacksim.APIError("expired_trigger_id"), "Slack took too long to open the form"},
		{slacksim.HTTPStatus(503), "Slack took too long to open the form"},
		{slacksim.Drop(), "Slack took too long to open the form"},
		{slacksim.Throttle("30"), "Please open it again in 30 seconds"},
		{slacksim.Throttle("90"), "Please open it again in 2 minutes"},
		{slacksim.APIError("invalid_arguments"), "tell whoever runs alignbot"},
		{slacksim.APIError("account_inactive"), "tell whoever runs alignbot"},
	} {
		w := newWorld(t, slacksim.Options{})
		w.ready()
		w.Expect("expired_trigger_id", "invalid_arguments", "account_inactive")
		w.Faults().Add(slacksim.Fault{On: "views.open", Do: try.fault})
		alice := w.Person("alice").In("payments")
		alice.Types("/align form")
		alice.Sees(try.sees)
		alice.Types("/align buttons")
		alice.Clicks("Open")
		w.Until("the button says so too", func() bool {
			return len(w.Ledger().Entries(func(e slacksim.Entry) bool { return e.Kind == slacksim.KindResponse && e.Error == "" })) == 1
		})
	}
}

func TestADuplicateHasOneEffectAndOneReply(t *testing.T) {
	for name, effect := range map[string]slacksim.Effect{
		"on the same socket": slacksim.Duplicate(), "on another socket": slacksim.DuplicateElsewhere(),
	} {
		for bots := 1; bots <= 2; bots++ {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t, slacksim.Options{})
				w.team()
				for range bots {
					w.ready()
				}
				w.Faults().Add(slacksim.Fault{On: "envelope:*", Do: effect})
				alice := w.Person("alice").In("payments")
				alice.Types("/idea add Export invoices")
				alice.Sees("PAY-1")
				alice.Types("/align buttons")
				alice.Clicks("Press")
				alice.Sees("It was pressed")
				alice.Types("/align form")
				alice.SeesModal("A form")
				alice.Fills("Words", "once")
				alice.Submits()
				alice.Sees("Got once")
				alice.Types("/idea add Another one")
				alice.Sees("PAY-2")
				w.settle()
				// One process acts once; what several of them store, the store
				// keeps once.
				if n := w.times("press"); n < 1 || n > bots {
					t.Errorf("the button acted %d times in %d processes, want once in each at most", n, bots)
				}
				if n := strings.Count(alice.Screen(), "It was pressed"); n != 1 {
					t.Errorf("the answer to the button is there %d times, want once", n)
				}
				alice.DoesNotSee("PAY-3")
			})
		}
	}
}

func TestAnEventDeliveredAgainIsOneAct(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.team()
	w.ready()
	bob := w.Person("bob").In("payments")
	bob.Types("Invoices are retyped by hand")
	w.Faults().Add(slacksim.Fault{On: "reaction_added", Do: slacksim.RepeatEvent()})
	w.Person("alice").In("payments").Reacts("bulb", "Invoices are retyped")
	w.Until("the form is offered", func() bool { return len(w.calls("chat.postEphemeral")) > 0 })
	w.settle()
	if n := len(w.calls("chat.postEphemeral")); n != 1 {
		t.Errorf("the form was offered %d times, want once", n)
	}
}

func TestOtherReactionsAreNobodysBusiness(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	b := w.ready()
	bob := w.Person("bob").In("payments")
	bob.Types("Fine")
	bob.Reacts("thumbsup", "Fine")
	w.eventually("the reaction is acknowledged", func() bool {
		return count(t, b, "alignbot_envelopes_total", "reaction_added", outcomeIgnored) == 1
	})
	if asked := w.calls("users.info"); len(asked) > 0 {
		t.Error("somebody was looked up for a reaction that means nothing here")
	}
}

func TestOutsidersGetOneNeutralLine(t *testing.T) {
	sample := slacksim.Sample()
	w := newWorld(t, slacksim.Options{Workspace: sample})
	w.team()
	w.ready()
	gina := w.Person("gina").In("payments")
	gina.Types("/idea add Let me in")
	gina.Sees("not open to guests")
	gina.DoesNotSee("PAY-1")
}

func TestEveryEnvelopeIsAcknowledged(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.ready()
	alice := w.Person("alice").In("payments")
	alice.Types("just talking") // message events
	bob := w.Person("bob").In("payments")
	bob.Reacts("eyes", "just talking")
	if err := w.Leave(t.Context(), "carol", "payments"); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if bad := w.badAcks(); len(bad) > 0 {
		t.Errorf("not acknowledged: %+v", bad)
	}
}
