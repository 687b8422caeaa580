package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

// stormVoters click within two seconds, so many at the same moment.
const (
	stormVoters = 500
	stormGust   = 25
)

// voteStorm is a ballot on which everybody votes at once.
type voteStorm struct {
	*world
	store  *storage.Store
	ballot pipeline.Key
	// choices by voter: what each wants to vote.
	choices map[string]pipeline.Choice

	mu      sync.Mutex
	buttons map[pipeline.Choice]slacksim.Target // as last looked up
}

var stormButtons = map[pipeline.Choice]string{
	pipeline.ChoosePursue: "Pursue", pipeline.ChoosePark: "Park", pipeline.ChooseNoOpinion: "No opinion",
}

// Everybody votes within two seconds over two processes, every third click is
// delivered three times, and one of the processes is killed in the middle.
// Afterwards each has the one vote that they were told is counted, and the
// message says so.
func TestFiveHundredVoteWhileAProcessIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes; left out by -short")
	}
	for name, start := range map[string]func(testing.TB) string{"one Redis": redistest.Start, "a Redis Cluster": redistest.Cluster} {
		t.Run(name, func(t *testing.T) {
			redis := start(t)
			workspace := crowd(stormVoters - 1)
			channel := &workspace.Channels[slices.IndexFunc(workspace.Channels, func(c slacksim.Channel) bool { return c.ID == "C0PAYMENTS" })]
			channel.Members = append([]string{"U0ALICE", workspace.App.BotUser}, workspace.Channels[len(workspace.Channels)-1].Members...)
			w := newWorldOn(t, slacksim.Options{Workspace: workspace, LedgerSize: 1_000_000}, redis)
			doomed := w.process(redis)
			w.process(redis)
			s := w.startBallot()
			w.Faults().Add(slacksim.Fault{On: "block_actions", Every: 3, Do: slacksim.Deliver(3)})

			began := time.Now()
			gusts := time.NewTicker(2 * time.Second * stormGust / stormVoters)
			defer gusts.Stop()
			var clicks sync.WaitGroup
			sent := 0
			for voter := range s.choices {
				clicks.Go(func() { s.click(voter) })
				switch sent++; {
				case sent == stormVoters/2:
					kill(t, doomed)
				case sent%stormGust == 0:
					<-gusts.C
				}
			}
			t.Logf("%d clicked within %s", sent, time.Since(began).Round(time.Millisecond))
			clicks.Wait()
			s.noClickIsLost()
			s.againUntilCounted()
			s.oneVoteEach()
			s.finalMessage()
			s.calmUpdates()
		})
	}
}

// startBallot has Alice start one on PAY-1, which asks all of #payments.
func (w *world) startBallot() *voteStorm {
	w.t.Helper()
	s := &voteStorm{world: w, store: w.db.Workspace(workspace), choices: map[string]pipeline.Choice{"U0ALICE": pipeline.ChoosePark}}
	team := w.team()
	idea, err := s.store.Capture(w.t.Context(), "test/capture", pipeline.Idea{
		Key: pipeline.Key{Team: team.Key}, Title: "Export invoices", Stage: pipeline.Captured, Author: "U0ALICE", Created: time.Now(),
	}, storage.Slot{})
	if err != nil {
		w.t.Fatal(err)
	}
	s.ballot = idea.Key
	for i := range stormVoters - 1 {
		s.choices[fmt.Sprintf("U0P%d", i)] = []pipeline.Choice{pipeline.ChoosePursue, pipeline.ChoosePark, pipeline.ChooseNoOpinion}[i%3]
	}
	alice := w.Person("alice").In("payments")
	alice.Types("/antibacklog vote " + idea.Key.String())
	alice.SeesModal("Ballot on " + idea.Key.String())
	alice.Submits()
	alice.SeesNoModal()
	alice.Sees(fmt.Sprintf("0 of %d", stormVoters))
	return s
}

// message of the ballot, and what the voter was told privately, newest first.
func (s *voteStorm) seen(voter string) (ballot slacksim.Message, told []string) {
	view, err := s.ChannelView(voter, "C0PAYMENTS", 0)
	if err != nil {
		s.t.Error(err)
	}
	for _, m := range slices.Backward(view.Messages) {
		switch {
		case m.Ephemeral:
			told = append(told, m.Text)
		case strings.Contains(m.Text, s.ballot.String()+", or park it?"):
			ballot = m
		}
	}
	return ballot, told
}

// click on the voter's choice. The message may be redrawn under the finger.
func (s *voteStorm) click(voter string) {
	for {
		button, err := s.button(s.choices[voter])
		if err == nil {
			err = s.Act(s.t.Context(), voter, button, slacksim.Input{})
		}
		if !errors.Is(err, slacksim.ErrGone) {
			if err != nil {
				s.t.Error(err)
			}
			return
		}
		s.mu.Lock()
		if s.buttons[s.choices[voter]] == button {
			s.buttons = nil
		}
		s.mu.Unlock()
	}
}

// button for a choice in the ballot's message, the same for all who look.
func (s *voteStorm) button(choice pipeline.Choice) (slacksim.Target, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buttons == nil {
		s.buttons = map[pipeline.Choice]slacksim.Target{}
		ballot, _ := s.seen("U0ALICE")
		for _, e := range ballot.Elements() {
			for choice, name := range stormButtons {
				if e.Name == name {
					s.buttons[choice] = slacksim.Target{Channel: ballot.Channel, TS: ballot.TS, BlockID: e.BlockID, ActionID: e.ActionID}
				}
			}
		}
	}
	button, there := s.buttons[choice]
	if !there {
		return button, fmt.Errorf("the ballot has no button to vote %q", choice)
	}
	return button, nil
}

// votes in the store, by voter.
func (s *voteStorm) votes() (map[string]pipeline.Choice, storage.Polled) {
	s.t.Helper()
	polled, err := s.store.Ballot(s.t.Context(), s.ballot, storage.NewestBallot, "")
	if err != nil {
		s.t.Fatal(err)
	}
	votes := map[string]pipeline.Choice{}
	for _, v := range polled.Tally.Votes {
		if _, twice := votes[v.Voter]; twice {
			s.t.Errorf("%s has two votes", v.Voter)
		}
		votes[v.Voter] = v.Choice
	}
	return votes, polled
}

// acknowledged are those whose click Slack knows the app to have taken; clicks is
// how many there were of all.
func (s *voteStorm) acknowledged() (voters map[string]bool, clicks int) {
	by, taken := map[string]string{}, map[string]bool{}
	for _, e := range s.Ledger().Entries(nil) {
		switch {
		case e.Kind == slacksim.KindEnvelope && s.choices[e.By] != "" && strings.Contains(string(e.Payload), `"vote.cast`):
			by[e.ID] = e.By
		case e.Kind == slacksim.KindAck && e.Error == "":
			taken[e.ID] = true
		}
	}
	voters = map[string]bool{}
	for id, voter := range by {
		if taken[id] {
			voters[voter] = true
		}
	}
	return voters, len(by)
}

// counted are those who were told that their vote is.
func (s *voteStorm) counted() map[string]bool {
	voters := map[string]bool{}
	for voter := range s.choices {
		if _, told := s.seen(voter); slices.ContainsFunc(told, func(words string) bool { return strings.Contains(words, "is counted") }) {
			voters[voter] = true
		}
	}
	return voters
}

// noClickIsLost: who was told that a vote is counted has it, and a click that was
// acknowledged is stored, or was answered with why not.
func (s *voteStorm) noClickIsLost() {
	s.t.Helper()
	acknowledged, clicks := s.acknowledged()
	counted := s.counted()
	votes, _ := s.votes()
	s.t.Logf("%d clicks: %d acknowledged, %d stored, %d answered so far", clicks, len(acknowledged), len(votes), len(counted))
	for voter, choice := range s.choices {
		if counted[voter] && votes[voter] != choice {
			s.t.Errorf("%s was told that %q is counted, and has %q", voter, choice, votes[voter])
		}
		if acknowledged[voter] && votes[voter] == "" {
			s.eventually(voter+" is told why the click does not count", func() bool { _, told := s.seen(voter); return len(told) > 0 })
		}
	}
}

// againUntilCounted: who heard nothing, or of trouble, clicks again, as the words
// say.
func (s *voteStorm) againUntilCounted() {
	s.t.Helper()
	for range 20 {
		counted := s.counted()
		if len(counted) == len(s.choices) {
			return
		}
		s.t.Logf("%d click again", len(s.choices)-len(counted))
		var clicks sync.WaitGroup
		for voter := range s.choices {
			if !counted[voter] {
				clicks.Go(func() { s.click(voter) })
			}
		}
		clicks.Wait()
	}
	s.t.Error("not everybody was told that their vote is counted")
}

// oneVoteEach: the stored votes are those that people wanted, one of each, and
// no delivery counted as more than one.
func (s *voteStorm) oneVoteEach() {
	s.t.Helper()
	votes, polled := s.votes()
	if diff := cmp.Diff(s.choices, votes); diff != "" {
		s.t.Errorf("votes (-want +got)\n%s", diff)
	}
	counts := map[pipeline.Choice]int{}
	for _, choice := range s.choices {
		counts[choice]++
	}
	if diff := cmp.Diff(counts, polled.Tally.Counts); diff != "" {
		s.t.Errorf("tally (-want +got)\n%s", diff)
	}
	if _, clicks := s.acknowledged(); polled.Polls < stormVoters || polled.Polls > int64(clicks) {
		s.t.Errorf("%d votes were counted of %d clicks", polled.Polls, clicks)
	}
}

// finalMessage: all see all votes, in the one message of the ballot.
func (s *voteStorm) finalMessage() {
	s.t.Helper()
	all, began := fmt.Sprintf("%d of %d", stormVoters, stormVoters), time.Now()
	shown := func() bool {
		ballot, _ := s.seen("U0ALICE")
		return strings.Contains(ballot.Text, all)
	}
	// Where the killed process was redrawing it, another does when that one's
	// lease has run out.
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	if err := s.Wait(ctx, shown); err != nil {
		s.t.Errorf("the message does not show %q after %s", all, time.Since(began))
	}
	s.t.Logf("the message shows it all after %s more", time.Since(began).Round(time.Millisecond))
	if posted := len(s.ballotCalls("chat.postMessage")); posted != 1 {
		s.t.Errorf("the ballot was posted %d times", posted)
	}
}

// calmUpdates: the message was redrawn about once a second, and not more.
func (s *voteStorm) calmUpdates() {
	s.t.Helper()
	updates := s.ballotCalls("chat.update")
	for i, first := range updates {
		for j, last := range updates[i:] {
			if span := last.At.Sub(first.At).Seconds(); float64(j) > 1.2*span+1 {
				s.t.Errorf("%d updates within %.1f s", j+1, span)
			}
		}
	}
	s.t.Logf("the message was redrawn %d times", len(updates))
}

// ballotCalls are the calls about the ballot's message, refused or not.
func (s *voteStorm) ballotCalls(method string) []slacksim.Entry {
	return s.Ledger().Entries(func(e slacksim.Entry) bool {
		return e.Kind == slacksim.KindCall && e.Method == method && strings.Contains(e.Text, s.ballot.String()+", or park it?")
	})
}
