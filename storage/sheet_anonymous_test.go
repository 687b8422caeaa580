package storage

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
)

// apart fails where what is stored joins people with what they said, by the search that
// is done for ballots. proven: it found as many while they could still change it.
func apart(t *testing.T, s *Store, proven int, users, acts []string) {
	t.Helper()
	if proven < len(users) {
		t.Fatalf("before, the search finds %d of %d: it proves nothing", proven, len(users))
	}
	all := everything(t, s)
	if found, names := joined(all, users, acts); len(found)+len(names) > 0 {
		t.Errorf("joined are %q; hidden names are %q", found, names)
	}
	for _, h := range all {
		if strings.HasPrefix(h.key, s.tag+"said:") || strings.HasPrefix(h.text, "secret ") {
			t.Errorf("%s still holds %s", h.key, h.text)
		}
	}
}

// TestNothingStoredJoinsAForensicSessionWithItsPeople, in each of its phases and after
// them.
func TestNothingStoredJoinsAForensicSessionWithItsPeople(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		startedSession(t, s)
		users, acts := []string{"U1", "U2", "U3", "U4"}, []string{}
		for _, i := range rand.Perm(len(users)) {
			op := "act:" + users[i]
			acts = append(acts, op)
			must(gives(s, t, op, users[i], []string{fmt.Sprintf("my reason is %02d", i)}))(t)
		}
		said, _ := joined(everything(t, s), users, acts)
		lists := must(s.Forensic(t.Context(), "PAY", 1, ""))(t)
		ranked := lists.Forensic
		ranked.Phase, ranked.Deadline = pipeline.ForensicRank, start.Add(2*time.Hour)
		for i, list := range lists.Said.Lists {
			ranked.Ways = append(ranked.Ways, pipeline.ForensicWay{ID: i + 1, Words: list.Ways[0]})
			ranked.Groups = append(ranked.Groups, pipeline.ForensicGroup{ID: i + 1, Name: list.Ways[0], Ways: []int{i + 1}})
		}
		must(s.ChangeForensic(t.Context(), "act:merge", lists, ranked, "", Slot{}))(t)
		for _, h := range everything(t, s) {
			if strings.HasPrefix(h.key, s.tag+"said:") {
				t.Errorf("after the lists %s still holds %s", h.key, h.text)
			}
		}
		for _, i := range rand.Perm(len(users)) {
			op := "act-pick:" + users[i]
			acts = append(acts, op)
			must(gives(s, t, op, users[i], nil, i))(t)
		}
		picks := must(s.Forensic(t.Context(), "PAY", 1, ""))(t)
		ended := picks.Forensic
		ended.Phase, ended.Ended = pipeline.ForensicOver, start.Add(3*time.Hour)
		must(s.ChangeForensic(t.Context(), "act:end", picks, ended, "", Slot{}))(t)
		apart(t, s, len(said), users, acts)
	})
}

// TestNothingStoredJoinsAChallengeWithWhoAskedInConfidence.
func TestNothingStoredJoinsAChallengeWithWhoAskedInConfidence(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		s := withTeam(t, db)
		opened(t, s)
		users, acts := []string{"U_P1", "U_P2", "U_P3", "U_P4"}, []string{}
		for _, i := range rand.Perm(len(users)) {
			op := "act:" + users[i]
			acts = append(acts, op)
			asks(t, s, op, users[i], fmt.Sprintf("my reason is %02d", i), false)
		}
		said, _ := joined(everything(t, s), users, acts)
		var conflict *ChallengeConflictError
		state := must(s.Challenge(t.Context(), pipeline.Key{Team: "PAY", Number: 12}, ""))(t)
		after := answered(state.Challenge, len(state.Asks))
		after.Answers[0].Asks = append(after.Answers[0].Asks, state.Asks...)
		if _, err := s.EndChallenge(t.Context(), "act:end", state, after, "U_ANA", Slot{}, nil); errors.As(err, &conflict) {
			t.Fatal(err)
		}
		apart(t, s, len(said), users, acts)
	})
}
