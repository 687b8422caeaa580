package proof

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
)

// abroad is the workspace of people whom Slack Connect brings.
const abroad = "T0ABROAD"

// Channels that are no team's: one with people from abroad, one without.
const (
	sharedChannel = "C0SHARED"
	otherChannel  = "C0RANDOM"
)

// strangers of a channel that two organisations share, and of one that this bot's users
// have left meanwhile, use everything that there is, also what Slack keeps from them.
func strangers(c *campaign) {
	w := c.open(place{workspace: func(ws *slacksim.Workspace) {
		ws.Channels = append(ws.Channels, slacksim.Channel{ID: sharedChannel, Name: "shared", Shared: true, Members: []string{person(0), person(1)}})
	}})
	w.furnish()
	w.turns(1, func(p *slacksim.Person) { p.Team = abroad }) // of a shared channel, which users.info knows
	w.turns(2, func(p *slacksim.Person) { p.Team = abroad }) // of none: user_not_visible
	outsider := pipeline.Person{Outsider: true}
	c.turnedAway(w, pipeline.Policy{}, outsider, []string{person(1), person(2)}, []string{channel, otherChannel, sharedChannel})
	w.settle()
}

// guests of one channel and of several use everything that there is, where they are let
// in and where they are not.
func guests(c *campaign) {
	for _, open := range []bool{false, true} {
		w := c.open(place{change: func(o *orders) { o.Guests = open }})
		w.furnish()
		w.turns(1, func(p *slacksim.Person) { p.Guest = true })
		w.turns(2, func(p *slacksim.Person) { p.SingleChannelGuest = true })
		policy, guest := pipeline.Policy{Guests: open}, pipeline.Person{Guest: true}
		if open {
			c.asTheTableSays(w, policy, guest)
		} else {
			c.turnedAway(w, policy, guest, []string{person(1), person(2)}, []string{channel, otherChannel})
			w.settle()
		}
	}
}

// furnish stores an idea, an outcome and a ballot.
func (w *faultWorld) furnish() {
	w.c.Helper()
	o, err := pipeline.NewOutcome("PAY", "What a stranger must not read", person(0), time.Now())
	if err == nil {
		_, err = w.store.AddOutcome(w.c.Context(), "outcome", o, storage.Slot{}, pipeline.Event{At: time.Now(), By: person(0), What: pipeline.WasAdded})
	}
	if err != nil {
		w.c.Fatal(err)
	}
	w.startsBallot()
}

// turns makes somebody else of the k-th person, and waits until alignbot knows it.
func (w *faultWorld) turns(k int, into func(*slacksim.Person)) {
	w.c.Helper()
	acknowledged := w.acknowledged("user_change")
	if err := w.sim.UpdatePerson(w.c.Context(), person(k), into); err != nil {
		w.c.Fatal(err)
	}
	w.until("alignbot knows what somebody is now", func() bool { return w.acknowledged("user_change") > acknowledged })
	w.quiet()
}

// turnedAway has people whom the table allows nothing use every entry, drawn anew for
// each, and wants the same words for all of it, and nothing stored.
func (c *campaign) turnedAway(w *faultWorld, policy pipeline.Policy, role pipeline.Person, who, channels []string) {
	c.Helper()
	words := pipeline.May(policy, role, pipeline.OpenHome, pipeline.Where{}).Reason
	before := w.stored()
	entries := c.drawn(commands.List())
	for k, e := range entries {
		f := w.forge(e, k, who[c.rng.IntN(len(who))], channels[c.rng.IntN(len(channels))], []int{1, nothing}[c.rng.IntN(2)])
		c.refuses(w, f, words, before)
	}
}

// asTheTableSays has guests use every entry in their team's channel and elsewhere: first
// what the table refuses, then the rest.
func (c *campaign) asTheTableSays(w *faultWorld, policy pipeline.Policy, guest pipeline.Person) {
	c.Helper()
	// Being in the channel is known of who typed something there.
	if err := w.sim.Type(c.Context(), person(1), channel, "/align help"); err != nil {
		c.Fatal(err)
	}
	before := w.stored()
	var allowed []forged
	unknown, told := 0, 0
	for k, e := range c.drawn(commands.List()) {
		f := w.forge(e, k, person(1+k%2), []string{channel, otherChannel}[k%2], 1)
		guest.ID = f.who
		switch decision, known := w.decides(f, policy, guest); {
		case !known:
			unknown++
		case decision.OK:
			allowed = append(allowed, f)
		default:
			told++
			c.refuses(w, f, decision.Reason, before)
		}
	}
	from := w.sim.Ledger().Len()
	for _, f := range allowed {
		c.injections++
		c.deeds++
		if err := w.uses(f); err != nil {
			c.Fatal(err)
		}
	}
	w.settle() // all that was to be said is
	for _, line := range w.said(from) {
		if strings.HasPrefix(line, "Guests can ") || strings.Contains(line, "not open to guests") {
			c.lost++
			c.Errorf("something is allowed by the table, and refused: %q", line)
		}
	}
	if of := unknown + len(allowed) + told; of >= whole && unknown > of/4 {
		c.Errorf("of %d claims %d were not understood", of, unknown)
	}
}

// drawn are entries in an order drawn anew, again and again until they are enough.
func (c *campaign) drawn(entries []commands.Entry) []commands.Entry {
	var drawn []commands.Entry
	for len(drawn) < c.n {
		c.rng.Shuffle(len(entries), func(i, k int) { entries[i], entries[k] = entries[k], entries[i] })
		drawn = append(drawn, entries...)
	}
	return drawn[:c.n]
}

// refuses has somebody do what is refused in these words, where they can be said, and
// wants nothing stored but that it was asked for, and nothing else said.
func (c *campaign) refuses(w *faultWorld, f forged, words string, before string) {
	c.Helper()
	said := c.says(w, f)
	for _, line := range said {
		if !strings.HasPrefix(line, words) {
			c.lost++
			c.Errorf("%s: %q, want %q", f, line, words)
		}
	}
	if len(said) > 1 {
		c.doubled++
		c.Errorf("%s is told %d lines: %q", f, len(said), said)
	}
	if after := w.stored(); after != before {
		c.doubled++
		c.Errorf("%s is refused, and changed what is stored", f)
	}
	c.refused++
}

// mute are the surfaces on which there is no place for words, or nobody waits for any.
var mute = []commands.Surface{commands.Close, commands.Suggest, commands.Reaction}

// says uses an entry, and gives the different lines that alignbot says thereupon.
func (c *campaign) says(w *faultWorld, f forged) []string {
	c.Helper()
	began, from := time.Now(), w.sim.Ledger().Len()
	c.injections++
	c.deeds++
	if err := w.uses(f); err != nil {
		c.Fatal(err)
	}
	var said []string
	if !slices.Contains(mute, f.On) {
		w.until(f.String()+": something is said", func() bool {
			said = w.said(from)
			return len(said) > 0
		})
		c.answered = max(c.answered, time.Since(began))
	}
	return said
}

// said are the different texts that the app has shown since, titles left out.
func (w *faultWorld) said(from int) (lines []string) {
	var read func(value any)
	read = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			text, _ := v["text"].(string)
			if text = strings.ReplaceAll(text, "\u200b", ""); text != "" && !slices.Contains(lines, text) { // which fallbacks have after colons
				lines = append(lines, text)
			}
			if marked, is := v["errors"].(map[string]any); is {
				for _, words := range marked {
					read(map[string]any{"text": words})
				}
			}
			for name, inside := range v {
				if name != "title" && name != "close" && name != "submit" {
					read(inside)
				}
			}
		case []any:
			for _, inside := range v {
				read(inside)
			}
		case string:
			var inside any
			if strings.HasPrefix(v, "{") || strings.HasPrefix(v, "[") {
				_ = json.Unmarshal([]byte(v), &inside) // words that only look like it have nothing inside
				read(inside)
			}
		}
	}
	for _, e := range w.sim.Ledger().Entries(func(e slacksim.Entry) bool {
		return int(e.Seq) > from && e.Error == "" && e.By == "app" && (e.Kind == slacksim.KindAck || e.Kind == slacksim.KindResponse || e.Kind == slacksim.KindCall && !strings.HasPrefix(e.Method, "users."))
	}) {
		var payload any
		_ = json.Unmarshal(e.Payload, &payload) // nil where there is none
		read(payload)
	}
	return lines
}

// stored is a digest of all that is, but for what only says that somebody is here and
// asked for something, and for how long a channel waits, which ends by itself.
func (w *faultWorld) stored() string {
	w.c.Helper()
	digest, _ := w.server.Do("EVAL", `
		local all, digest = redis.call('KEYS', '*'), ''
		table.sort(all)
		for _, key in ipairs(all) do
			local kind = string.match(key, '}:(%l+)') or key
			if kind ~= 'attended' and kind ~= 'releases' and kind ~= 'hold' and kind ~= 'op' and kind ~= 'present' and not string.match(key, '^ab:ready') then
				digest = redis.sha1hex(digest .. key .. redis.call('DUMP', key))
			end
		end
		return digest`, 0).(string)
	return digest
}
