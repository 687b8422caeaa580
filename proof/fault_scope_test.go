package proof

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"alignbot/bot"
	"alignbot/slacksim"
)

// notes are what a bot writes into its log.
type notes struct {
	mu  sync.Mutex
	all strings.Builder
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.all.Write(p)
}

// say tells whether one line holds all of these words.
func (n *notes) say(words ...string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for line := range strings.Lines(n.all.String()) {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(line, w) }) {
			return true
		}
	}
	return false
}

// withholdScopes takes one scope after the other from the app and starts a bot. One that
// cannot do without ends with its name; one that can says what is off, and goes on with
// everything else.
func withholdScopes(c *campaign) {
	log := &notes{}
	w := c.open(place{late: true, change: func(o *orders) { o.log = log }})
	granted := slices.Clone(w.sim.Workspace().App.Scopes)
	scopes := bot.Scopes()
	c.rng.Shuffle(len(scopes), func(i, j int) { scopes[i], scopes[j] = scopes[j], scopes[i] })
	for i := 0; c.injections < c.n; i++ {
		scope := scopes[i%len(scopes)]
		w.grants(slices.DeleteFunc(slices.Clone(granted), func(s string) bool { return s == scope.Name }))
		log.all.Reset()
		c.injections++
		if scope.Required {
			e := w.begin()
			<-e.ended
			var stop *bot.Stop
			if !errors.As(e.err, &stop) || !strings.Contains(stop.Cause, scope.Name) || stop.Fix == "" {
				c.Errorf("without %s a bot ended with %v", scope.Name, e.err)
			}
			w.grants(granted)
			continue
		}
		e := w.hire()
		if !log.say(scope.Name, scope.For) {
			c.Errorf("the log does not say that without %s there is no %s", scope.Name, scope.For)
		}
		kinds := "cfr"
		if scope.Name == bot.ScopeReaction {
			kinds = "cf" // Slack tells of no reaction
		}
		w.act(len(kinds), 1, kinds)
		w.quiet()
		w.dismiss(e)
		w.grants(granted)
	}
	at := time.Now()
	w.hire()
	w.works(at)
	w.settle()
	c.nobodyNoticed()
}

// nobodyNoticed: every deed was done, and every person told so by alignbot in time.
func (c *campaign) nobodyNoticed() {
	c.Helper()
	if c.refused+c.unknown+c.astray > 0 {
		c.Errorf("%d deeds were refused, of %d it is not known whether they were done, %d had no answer of alignbot", c.refused, c.unknown, c.astray)
	}
}

// grants the app these scopes and no others.
func (w *faultWorld) grants(scopes []string) {
	w.c.Helper()
	if err := w.sim.UpdateApp(w.c.Context(), func(app *slacksim.App) { app.Scopes = scopes }); err != nil {
		w.c.Fatal(err)
	}
}

// refuseMethods refuses one method after the other for want of a scope, while people
// act: what needs it fails alone, and the log names it.
func refuseMethods(c *campaign) {
	methods := []string{"chat.postMessage", "chat.update", "chat.postEphemeral"}
	c.n = max(1, c.n/len(methods)+1)
	for _, method := range methods {
		log := &notes{}
		before, refused, unknown := c.injections, c.refused, c.unknown
		c.struck(place{change: func(o *orders) { o.log = log }}, 8, "cvr", slacksim.Fault{On: method, Every: 2}, slacksim.APIError("missing_scope"))
		struck := c.injections - before
		if !log.say(fmt.Sprint(method, ": missing_scope")) {
			c.Errorf("the log does not say that %s was refused for want of a scope", method)
		}
		if failed := c.refused + c.unknown - refused - unknown; failed > struck {
			c.Errorf("%d refusals of %s cost %d deeds", struck, method, failed)
		}
	}
}
