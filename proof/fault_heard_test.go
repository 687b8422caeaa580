package proof

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"alignbot/slacksim"
)

// verdict is what a person was told about a deed.
type verdict int

const (
	silence   verdict = iota
	confirmed         // it was done
	refused           // nothing was changed
	doubted           // it may have been done: in alignbot's words, or Slack's own
)

// What alignbot says.
const (
	saysDone  = "Captured as"
	saysOffer = "Capture that message as an idea?"
)

// saysRefused: of each the deed was not done.
var saysRefused = []string{"Nothing was changed", "Nothing was captured yet", "At most "}

// saysDoubt: of each the deed may have been done, and the person is told where to look.
var saysDoubt = []string{"may not be saved", "cannot say whether it was saved", "nothing is stored twice if you submit again"}

var isToken = regexp.MustCompile(`\bq\d+w\d+n\d+\b`)

// heard is all that Slack knows of the deeds of a world.
type heard struct {
	told map[string]verdict
	// answered is how long alignbot took to say anything, in the acknowledgement or
	// another way.
	answered map[string]time.Duration
	// astray are those of which Slack said that the app did not respond.
	astray map[string]bool
	// words of what told is made from.
	words map[string][]string
	// cards that Slack took, by token, and offers, by whom they were made to.
	cards, offers map[string]int
	// events of reactions that were acknowledged, by token.
	acknowledged map[string]bool
}

// heard reads the ledger of all that Slack took and refused.
func (w *faultWorld) heard() heard {
	h := heard{told: map[string]verdict{}, answered: map[string]time.Duration{}, astray: map[string]bool{}, words: map[string][]string{}, cards: map[string]int{}, offers: map[string]int{}, acknowledged: map[string]bool{}}
	of := map[string]string{} // token by envelope
	sent := map[string]time.Time{}
	answers := func(token string, at time.Time) {
		if _, known := h.answered[token]; !known {
			h.answered[token] = at.Sub(sent[token])
		}
	}
	messages := map[string]string{}
	for token, ts := range w.messages {
		messages[ts] = token
	}
	tell := func(token, words string, v verdict) {
		h.words[token] = append(h.words[token], words)
		if known := h.told[token]; v == confirmed || known == silence || known == doubted && v == refused {
			h.told[token] = v
		}
	}
	for _, e := range w.sim.Ledger().Entries(nil) {
		switch e.Kind {
		case slacksim.KindEnvelope:
			token := isToken.FindString(string(e.Payload))
			if e.Method == "reaction_added" || e.Method == "message" {
				var event struct {
					Event struct{ Item struct{ TS string } }
				}
				_ = json.Unmarshal(e.Payload, &event) // of another kind, it names no message
				token = messages[event.Event.Item.TS]
			}
			of[e.ID], sent[token] = token, e.At
			if e.Error != "" && token != "" {
				h.astray[token] = true
				tell(token, e.Error, refused) // "dispatch_failed": it never got to alignbot
			}
		case slacksim.KindAck:
			token := of[e.ID]
			switch {
			case token == "":
			case e.Error == "timeout" || e.Error == "":
				if e.Error == "" {
					answers(token, e.At)
				} else {
					h.astray[token] = true
				}
				h.acknowledged[token] = h.acknowledged[token] || e.Error == ""
				tell(token, e.Error+string(e.Payload), verdictOf(string(e.Payload), e.Error))
			}
		case slacksim.KindResponse:
			if token := isToken.FindString(e.Text + string(e.Payload)); token != "" && e.Error == "" {
				answers(token, e.At)
				tell(token, e.Text, verdictOf(e.Text+string(e.Payload), ""))
			}
		case slacksim.KindCall:
			if e.Error != "" {
				continue
			}
			switch e.Method {
			case "chat.postMessage":
				switch token := isToken.FindString(e.Text); {
				case token == "", strings.Contains(string(e.Payload), `"thread_ts"`): // in a thread it is the answer to a message
				case strings.HasPrefix(e.Channel, "D"): // where nothing can be shown in the channel
					answers(token, e.At)
					tell(token, e.Text, verdictOf(e.Text, ""))
				default:
					h.cards[token]++
				}
			case "chat.postEphemeral":
				var to struct{ User string }
				_ = json.Unmarshal(e.Payload, &to) // a call that Slack took names somebody
				if strings.HasPrefix(e.Text, saysOffer) {
					h.offers[to.User]++
				}
			}
		}
	}
	return h
}

// verdictOf the words of an answer, or of Slack's own where none came in time.
func verdictOf(words, trouble string) verdict {
	if trouble != "" {
		return doubted
	}
	if strings.Contains(words, saysDone) {
		return confirmed
	}
	for _, doubt := range saysDoubt {
		if strings.Contains(words, doubt) {
			return doubted
		}
	}
	for _, no := range saysRefused {
		if strings.Contains(words, no) {
			return refused
		}
	}
	return silence
}
