package storage

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"alignbot/pipeline"

	"github.com/redis/go-redis/v9"
)

// holding is one smallest part of what Redis holds: the key and one field of a
// hash with its value, one member, one item, one value.
type holding struct{ key, text string }

// everything reads all of Redis, whatever it is.
func everything(t *testing.T, s *Store) []holding {
	t.Helper()
	var all []holding
	noError(t, s.db.eachMaster(t.Context(), func(ctx context.Context, node *redis.Client) error {
		var cursor uint64
		for {
			keys, next, err := node.Scan(ctx, cursor, "*", 1000).Result()
			if err != nil {
				return err
			}
			for _, key := range keys {
				if strings.HasPrefix(key, s.tag) || !strings.HasPrefix(key, "ab:{") { // a cluster has other tests' workspaces too
					all = append(all, held(ctx, t, node, key)...)
				}
			}
			if cursor = next; cursor == 0 {
				return nil
			}
		}
	}))
	return all
}

func held(ctx context.Context, t *testing.T, node *redis.Client, key string) []holding {
	t.Helper()
	var texts []string
	switch kind := node.Type(ctx, key).Val(); kind {
	case "string":
		texts = []string{node.Get(ctx, key).Val()}
	case "hash":
		for field, value := range node.HGetAll(ctx, key).Val() {
			texts = append(texts, field+" "+value)
		}
	case "list":
		texts = node.LRange(ctx, key, 0, -1).Val()
	case "set":
		texts = node.SMembers(ctx, key).Val()
	case "zset":
		texts = node.ZRange(ctx, key, 0, -1).Val()
	case "stream":
		for _, entry := range node.XRange(ctx, key, "-", "+").Val() {
			texts = append(texts, fmt.Sprint(entry.ID, entry.Values))
		}
	default:
		t.Fatalf("%s is a %s", key, kind)
	}
	var all []holding
	for _, text := range texts {
		all = append(all, holding{key, text})
	}
	return all
}

var (
	words = regexp.MustCompile(`[^\s"{}\[\]:,]+`)
	// saysChoice finds what somebody chose, beside the reasons of this test.
	saysChoice = regexp.MustCompile(`"choice"|\b(object|no opinion)\b|my reason is`)
)

// joined lists what joins people with what they chose: a part that holds both,
// or one that holds a choice and a name made of a person's id with anything that
// is stored as the key. names says which of those are stored at all.
func joined(all []holding, people, acts []string) (found, names []string) {
	keys := map[string]bool{"": true}
	for _, h := range all {
		keys[h.key], keys[h.text] = true, true
		for _, word := range words.FindAllString(h.text+" "+h.key, -1) {
			keys[word] = true
		}
	}
	for key := range keys {
		if bytes, err := hex.DecodeString(key); err == nil {
			keys[string(bytes)] = true
		}
	}
	disguise := map[string]string{} // what somebody may be stored as → who
	for _, text := range slices.Concat(people, acts) {
		disguise[text] = text
		for key := range keys {
			for _, sum := range []hash.Hash{hmac.New(sha256.New, []byte(key)), hmac.New(sha1.New, []byte(key))} {
				sum.Write([]byte(text))
				disguise[hex.EncodeToString(sum.Sum(nil))] = text
			}
			for _, joint := range []string{key + text, text + key} {
				long, short := sha256.Sum256([]byte(joint)), sha1.Sum([]byte(joint))
				disguise[hex.EncodeToString(long[:])] = text
				disguise[hex.EncodeToString(short[:])] = text
			}
		}
	}
	isPlain := func(word string) bool { return disguise[word] == word }
	for _, h := range all {
		var who []string
		for _, word := range words.FindAllString(h.key+" "+h.text, -1) {
			person, known := disguise[word]
			if !known {
				continue
			}
			who = append(who, person)
			if !isPlain(word) {
				names = append(names, fmt.Sprintf("%s in %s: %s", person, h.key, h.text))
			}
		}
		if len(who) > 0 && saysChoice.MatchString(h.text) {
			found = append(found, fmt.Sprintf("%v in %s: %s", who, h.key, h.text))
		}
	}
	return found, names
}

// likeness of two orders of the same texts, by Kendall: 1 the same, -1 reversed,
// about 0 where one tells nothing of the other.
func likeness(a, b []string) float64 {
	agree := 0
	for i := range a {
		for j := range i {
			if (slices.Index(b, a[i]) < slices.Index(b, a[j])) == (i < j) {
				agree++
			} else {
				agree--
			}
		}
	}
	return float64(agree) / float64(len(a)*(len(a)-1)/2)
}

// TestNothingStoredJoinsAnAnonymousVoteWithItsVoter: with operations, drafts,
// history and outbox there. The search itself is proven where there is something
// to find.
func TestNothingStoredJoinsAnAnonymousVoteWithItsVoter(t *testing.T) {
	everywhere(t, func(t *testing.T, db *DB) {
		const voters = 24
		for _, level := range pipeline.Confidentialities() {
			s := withTeam(t, db)
			var people, acts, order []string
			for i := range voters {
				people = append(people, fmt.Sprintf("U_P%02d", i))
			}
			b := started(t, s, level, people...)
			for _, i := range rand.Perm(voters) {
				user, reason := people[i], fmt.Sprintf("my reason is %02d", i)
				order = append(order, reason)
				op := "act:" + user
				acts = append(acts, op, op+"-again")
				slot := Slot{Name: "vote.PAY-1.1", Form: "V1"}
				noError(t, s.SaveDraft(t.Context(), user, Slot{Name: "idea"}, typed("something else", lately)))
				v := voting(b, op, user, pipeline.Vote{Choice: pipeline.ChooseNoOpinion})
				v.Draft, v.Here = slot, Here{Channel: "C_PAY", Kind: OpenChannel}
				must(s.Vote(t.Context(), v, redraw("PAY-1:1")))(t)
				v = voting(b, op+"-again", user, pipeline.Vote{Choice: pipeline.ChooseObject, Reason: reason})
				v.Draft, v.Here = slot, Here{Channel: "C_PAY", Kind: OpenChannel}
				must(s.Vote(t.Context(), v, redraw("PAY-1:1")))(t)
			}
			while, _ := joined(everything(t, s), people, acts)
			if len(while) < voters {
				t.Fatalf("%s: while it runs the search finds %d of %d votes: it proves nothing", level, len(while), voters)
			}
			closed(t, s, "act:close", b)
			claimed, _, err := s.Claim(t.Context(), 10, lease, 0)
			noError(t, err)
			noError(t, s.Sent(t.Context(), claimed[0], posted))
			all := everything(t, s)
			found, names := joined(all, people, acts)
			if level != pipeline.Anonymous {
				if len(found) < voters {
					t.Errorf("%s: the search finds %d of %d votes: it proves nothing", level, len(found), voters)
				}
				continue
			}
			if len(found)+len(names) > 0 {
				t.Errorf("joined are %q; hidden names are %q", found, names)
			}
			for _, h := range all {
				if strings.HasPrefix(h.key, s.tag+"votes:") || strings.HasPrefix(h.text, "secret ") {
					t.Errorf("%s still holds %s", h.key, h.text)
				}
			}
			var stored []string
			for _, v := range must(s.Ballot(t.Context(), b.Idea, b.ID, people[0]))(t).Tally.Votes {
				stored = append(stored, v.Reason)
			}
			byName := slices.Sorted(slices.Values(order))
			if len(stored) != voters {
				t.Fatalf("%d reasons are left", len(stored))
			}
			// Of 24 reasons, a likeness of 0.75 comes about by chance once in 10 million.
			for what, other := range map[string][]string{"the order of the votes": order, "the order of the voters' ids": byName} {
				if alike := likeness(stored, other); alike > 0.75 || alike < -0.75 {
					t.Errorf("the reasons stand in %s: %.2f", what, alike)
				}
			}
		}
	})
}

// TestNoCommandHasAVoterAndAnAnonymousVote: what Redis logs of slow commands, and
// what it writes into its append-only file at once, joins no more than what it
// stores.
func TestNoCommandHasAVoterAndAnAnonymousVote(t *testing.T) {
	s, commands := recorded(t)
	b := started(t, s, pipeline.Anonymous, "U_ANA", "U_BEN", "U_EVE", "U_KIM")
	v := voting(b, "try:object:act:U_BEN", "U_BEN", object) // the operation of a form has its words in it
	v.Draft, v.Here = Slot{Name: "vote.PAY-1.1", Form: "V1"}, Here{Channel: "C_PAY", Kind: OpenChannel}
	must(s.Vote(t.Context(), v, redraw("PAY-1:1")))(t)
	votes := 0
	for _, command := range commands() {
		text := strings.Join(command, " ")
		if strings.Contains(text, "try:object") {
			t.Errorf("a command has the operation: %s", text)
		}
		if !strings.Contains(text, object.Reason) {
			continue
		}
		votes++
		if strings.Contains(text, "U_BEN") {
			t.Errorf("a command is %s", text)
		}
	}
	if votes == 0 {
		t.Error("no command has the vote: this proves nothing")
	}
	// Of a slow command Redis logs 31 values.
	for _, command := range commands() {
		at := slices.Index(command, "secret")
		if at >= 0 && at < 32 {
			t.Errorf("the secret stands at %d", at)
		}
	}
}
