package proof

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"alignbot/pipeline"
	"alignbot/storage"
)

// settle waits until nothing is under way any more, ends the bots, and holds each deed
// against what is stored, what Slack took and what the person was told.
func (w *faultWorld) settle() {
	w.c.Helper()
	w.knows()
	w.quiet()
	for _, e := range w.bots {
		e.stop()
		<-e.ended
	}
	h := w.heard()
	ideas, reactions := w.ideas(), map[string][]*deed{}
	for _, d := range w.deeds {
		took := d.took
		if told, answered := h.answered[d.token]; answered {
			took = min(took, told)
		}
		if took > budget {
			took = min(took, w.toldAfter(d))
		}
		w.c.answered = max(w.c.answered, took)
		if h.astray[d.token] && d.kind != byReaction {
			w.c.astray++
		}
		switch d.kind {
		case byCommand, byForm:
			w.judgeIdea(d, h, ideas[d.token])
		case byReaction:
			reactions[d.who] = append(reactions[d.who], d)
		}
	}
	w.judgeReactions(reactions, h)
	w.judgeVotes()
}

// knows waits until alignbot has acknowledged all reactions; time passes for those that
// Slack delivers again.
func (w *faultWorld) knows() {
	w.c.Helper()
	passed := time.Now()
	w.until("alignbot knows of all reactions", func() bool {
		if time.Since(passed) > time.Second {
			w.sim.Advance(5 * time.Minute)
			passed = time.Now()
		}
		h := w.heard()
		for token := range w.messages {
			if !h.acknowledged[token] {
				return false
			}
		}
		return true
	})
}

// toldAfter is how long it took until the person saw anything private from alignbot
// after they acted; as long as they waited where they did not.
func (w *faultWorld) toldAfter(d *deed) time.Duration {
	w.c.Helper()
	view, err := w.sim.ChannelView(d.who, channel, everything)
	if err != nil {
		w.c.Fatal(err)
	}
	for _, m := range view.Messages {
		at, err := strconv.ParseFloat(m.TS, 64)
		if told := time.UnixMicro(int64(at * 1e6)).Sub(d.began); err == nil && m.Ephemeral && m.BotID != "" && told > 0 {
			return told
		}
	}
	return d.took
}

// quiet waits until the outbox holds nothing but what a ballot does on its last day.
func (w *faultWorld) quiet() {
	w.c.Helper()
	w.until("nothing waits to be sent", func() bool {
		stats, err := w.store.OutboxStats(w.c.Context())
		return err == nil && stats.Due <= w.later && stats.Sending == 0
	})
}

// ideas stored, by the token in the title.
func (w *faultWorld) ideas() map[string][]pipeline.Idea {
	w.c.Helper()
	ideas := map[string][]pipeline.Idea{}
	for _, team := range w.teams {
		for number, of := 1, 1; number <= of; number++ {
			page, err := w.store.Page(w.c.Context(), storage.List{Team: team}, number, 200)
			if err != nil {
				w.c.Fatal(err)
			}
			of = page.Of
			for _, idea := range page.Ideas {
				token := isToken.FindString(idea.Title)
				ideas[token] = append(ideas[token], idea)
			}
		}
	}
	return ideas
}

// judgeIdea: an idea is stored once with one line that it was captured and one card, or
// the person was told that it is not, or may not be.
func (w *faultWorld) judgeIdea(d *deed, h heard, stored []pipeline.Idea) {
	w.c.Helper()
	told := h.told[d.token]
	if d.kind == byForm {
		if told = verdictOf(d.said, ""); d.said == "" {
			told = confirmed
		} else if told == silence {
			told = doubted // Slack's own words, with everything typed still there
		}
	}
	switch n := len(stored); {
	case n > 1:
		w.c.doubled++
		w.c.Errorf("%s is stored %d times", d.token, n)
	case n == 0 && (told == confirmed || told == silence):
		w.c.lost++
		w.c.Errorf("%s is not stored, and %s was not told: %q", d.token, d.who, h.words[d.token])
	case n == 1 && told == refused:
		w.c.doubled++
		w.c.Errorf("%s was told that nothing was changed, and %s is stored: %q", d.who, d.token, h.words[d.token])
	case told == refused:
		w.c.refused++
	case told == doubted:
		w.c.unknown++
	}
	if len(stored) != 1 {
		return
	}
	if trouble := d.lacks(stored[0]); trouble != "" {
		w.c.lost++
		w.c.Errorf("%s is stored, but %s", d.token, trouble)
	}
	w.judgeHistory(d, stored[0])
	switch n := h.cards[d.token]; {
	case n > 1:
		w.c.doubled++
		w.c.Errorf("the card of %s was posted %d times", d.token, n)
	case n == 0 && !w.missed(d.who, stored[0].Key):
		w.c.lost++
		w.c.Errorf("%s has no card, and %s is not told", d.token, d.who)
	case n == 0:
		w.c.unknown++
	}
}

// lacks tells what an idea lacks of the deed, "" where it is all there.
func (d *deed) lacks(stored pipeline.Idea) string {
	switch {
	case d.wants != nil:
		return d.wants(stored)
	case stored.Title != d.token:
		return fmt.Sprintf("its title is %q", stored.Title)
	}
	return ""
}

func (w *faultWorld) judgeHistory(d *deed, idea pipeline.Idea) {
	w.c.Helper()
	events, err := w.store.History(w.c.Context(), idea.Key, 0)
	if err != nil {
		w.c.Fatal(err)
	}
	n := 0
	for _, e := range events {
		if e.What == pipeline.WasCaptured {
			n++
		}
	}
	switch {
	case n > 1:
		w.c.doubled++
	case n == 0:
		w.c.lost++
	}
	if n != 1 {
		w.c.Errorf("the history of %s says %d times that it was captured", d.token, n)
	}
}

// missed tells whether the author's Home says that the idea's card may not have
// arrived.
func (w *faultWorld) missed(author string, key pipeline.Key) bool {
	w.c.Helper()
	missed, err := w.store.Unconfirmed(w.c.Context(), author)
	if err != nil {
		w.c.Fatal(err)
	}
	for _, entry := range missed {
		if entry.Subject == key.String() {
			return true
		}
	}
	return false
}

// judgeReactions: each of which alignbot knows is answered with one offer, or the fate
// of the offer is counted as unknown.
func (w *faultWorld) judgeReactions(by map[string][]*deed, h heard) {
	w.c.Helper()
	stats, err := w.store.OutboxStats(w.c.Context())
	if err != nil {
		w.c.Fatal(err)
	}
	missing := 0
	for who, reactions := range by {
		known := 0
		for _, d := range reactions {
			if h.acknowledged[d.token] {
				known++
			}
		}
		switch n := h.offers[who]; {
		case n > len(reactions):
			w.c.doubled += n - len(reactions)
			w.c.Errorf("%s reacted %d times and was offered the form %d times", who, len(reactions), n)
		case n < known:
			missing += known - n
			w.c.unknown += known - n
		}
	}
	if missing > stats.Unknown+stats.Failed {
		w.c.lost += missing - stats.Unknown - stats.Failed
		w.c.Errorf("%d offers are missing, and %+v", missing, stats)
	}
}

// judgeVotes: each person has one vote, the last of which they were told that it is
// counted, or one of which they were told nothing.
func (w *faultWorld) judgeVotes() {
	w.c.Helper()
	if w.ballot == nil {
		return
	}
	polled, err := w.store.Ballot(w.c.Context(), *w.ballot, storage.NewestBallot, "")
	if err != nil {
		w.c.Fatal(err)
	}
	stored := map[string]string{}
	for _, v := range polled.Tally.Votes {
		if _, twice := stored[v.Voter]; twice {
			w.c.doubled++
			w.c.Errorf("%s has two votes", v.Voter)
		}
		stored[v.Voter] = map[pipeline.Choice]string{pipeline.ChoosePursue: "Pursue", pipeline.ChoosePark: "Park"}[v.Choice]
	}
	clicks := map[string][]*deed{}
	for _, d := range w.deeds {
		if d.kind == byVote {
			clicks[d.who] = append(clicks[d.who], d)
		}
	}
	for who, votes := range clicks {
		counted := w.countedVotes(who)
		last := votes[len(votes)-1].choice
		switch {
		case len(counted) > len(votes):
			w.c.doubled++
			w.c.Errorf("%s voted %d times and was told so %d times", who, len(votes), len(counted))
		case len(counted) == len(votes) && stored[who] != last:
			w.c.lost++
			w.c.Errorf("%s was told that %q is counted, and has %q", who, last, stored[who])
		case len(counted) > 0 && stored[who] == "":
			w.c.lost++
			w.c.Errorf("%s was told that a vote is counted, and has none", who)
		default:
			w.c.unknown += len(votes) - len(counted)
		}
	}
}

// countedVotes are the choices of which somebody was told that they are counted.
func (w *faultWorld) countedVotes(who string) (choices []string) {
	w.c.Helper()
	view, err := w.sim.ChannelView(who, channel, everything)
	if err != nil {
		w.c.Fatal(err)
	}
	for _, m := range view.Messages {
		if _, choice, is := strings.Cut(m.Text, " is counted: "); m.Ephemeral && is {
			choices = append(choices, strings.TrimSuffix(choice, "."))
		}
	}
	return choices
}
